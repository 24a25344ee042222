"""`anolyte screen`: rank the candidates of a space and log the ranked list."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .shared.console import (
    CoverageOption,
    CrateOption,
    JsonOption,
    ModelOption,
    NoteOption,
    NoTrackingOption,
    TableFileOption,
    TemperatureOption,
    UriOption,
    named_compounds,
    print_json,
    progress_bar,
    records,
    tell,
)
from .shared.libraries import (
    AmountsOption,
    BaseOption,
    CacheOption,
    CardsOption,
    ConfirmOption,
    FiltersOption,
    LibraryOption,
    LibraryRequest,
    PurchasableOption,
    RoleOption,
    ScaffoldOption,
    SdfOption,
    numbers,
)
from .shared.limits import (
    AnodicOption,
    ComponentsOption,
    ConductivityOption,
    CostOption,
    CriticalOption,
    ExcludeOption,
    FamilyOption,
    FlashOption,
    FluorineOption,
    LiquidOption,
    PfasOption,
    SolubilityOption,
    UnknownOption,
    ViscosityOption,
    constraints_of,
)
from .shared.listing import criterion_of, print_ranked
from .shared.spaces import PricesOption, SpaceMetalOption, SpaceOption, named_space, with_prices

if TYPE_CHECKING:
    from ..screening.ranked_list import RankedList
    from ..spaces.candidate_space import CandidateSpace


def screen_command(
    metal: SpaceMetalOption = "",
    space: SpaceOption = "",
    salts: Annotated[str, typer.Option("--salts", help="Separated by commas.")] = "",
    solvents: Annotated[
        str, typer.Option("--solvents", help="Solvents and diluents, separated by commas.")
    ] = "",
    additives: Annotated[
        str, typer.Option("--additives", help="Separated by commas; 'none' for none.")
    ] = "",
    concentrations: Annotated[
        str, typer.Option("--concentrations", help="In M, separated by commas.")
    ] = "",
    top: Annotated[int, typer.Option("--top", min=1, help="Length of the ranked list.")] = 100,
    show: Annotated[int, typer.Option("--show", min=0, help="Rows to print.")] = 10,
    details: Annotated[
        bool, typer.Option("--details", help="Print reasons, precedents and cycles too.")
    ] = False,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            help="lower-bound (the default), expected, probability, weighted, pareto or precedent.",
        ),
    ] = "",
    target: Annotated[
        float | None, typer.Option("--target", help="Rank by the probability of a CE above it.")
    ] = None,
    weights: Annotated[
        str,
        typer.Option(
            "--weights",
            help="Rank by several: ce=1,sei=0.3,fluorine=-0.1,critical=-0.1,cost=-0.1,"
            "conductivity=0.3. With "
            "--by pareto only their names count.",
        ),
    ] = "",
    diversity: Annotated[
        float | None,
        typer.Option(
            "--diversity", help="From 0 (near copies may follow each other) to 1; default 0.3."
        ),
    ] = None,
    coverage: CoverageOption = 0.9,
    all_amounts: Annotated[
        bool,
        typer.Option("--all-amounts", help="List every amount and additive of the same compounds."),
    ] = False,
    workers: Annotated[
        int, typer.Option("--workers", min=1, help="Processes on this machine.")
    ] = 1,
    cluster: Annotated[
        str | None, typer.Option("--cluster", help="Address of a Dask scheduler to use.")
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option("--resume", help="Folder that keeps finished partitions and goes on there."),
    ] = None,
    out: TableFileOption = None,
    max_fluorine_wt_pct: FluorineOption = None,
    max_pfas_wt_pct: PfasOption = None,
    exclude: ExcludeOption = "",
    family: FamilyOption = "",
    min_flash_point_c: FlashOption = None,
    liquid_at_c: LiquidOption = None,
    max_viscosity: ViscosityOption = None,
    max_components: ComponentsOption = None,
    max_critical_elements: CriticalOption = None,
    min_anodic_limit_v: AnodicOption = None,
    max_cost_per_l: CostOption = None,
    within_solubility: SolubilityOption = False,
    min_conductivity: ConductivityOption = None,
    temperature: TemperatureOption = 25.0,
    unknown: UnknownOption = "flag",
    prices: PricesOption = None,
    include_gated: Annotated[
        bool,
        typer.Option(
            "--include-gated", help="Rank also what cannot work for a physical reason (weak)."
        ),
    ] = False,
    crate: CrateOption = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="Predict every candidate in full, however long.")
    ] = False,
    library: LibraryOption = None,
    role: RoleOption = "solvent",
    base: BaseOption = None,
    amounts: AmountsOption = "",
    filters: FiltersOption = "",
    purchasable: PurchasableOption = None,
    per_scaffold: ScaffoldOption = 5,
    cache: CacheOption = None,
    confirm: ConfirmOption = 0,
    sdf: SdfOption = None,
    picture: CardsOption = None,
    model: ModelOption = None,
    note: NoteOption = "",
    tracking_uri: UriOption = None,
    no_tracking: NoTrackingOption = False,
    json: JsonOption = False,
) -> None:
    """Rank candidate formulations by predicted Coulombic efficiency.

    Without options the candidates are what the measurements of the metal use more than once;
    where these are few, the ready-made space of the metal.

    Example:  anolyte screen --space Li:LHCE --max-pfas-wt-pct 40
    Example:  anolyte screen --target 99.5 --details
    Example:  anolyte screen --min-conductivity 5 --temperature 0
    Example:  anolyte screen --metal Li --salts LiFSI,LiDFOB --solvents DME,FDMB,TTE --top 50
    Example:  anolyte screen --metal Li --library solvents.smi --salts LiFSI --concentrations 1,2
    """
    from anolyte.datasets.compounds.metals import as_metal
    from anolyte.datasets.files.exports import checked_table_path

    from ..crate import check_crate, screening_crate
    from ..predictions.load_or_train import load_or_train
    from ..ranking.diversity import DIVERSITY
    from ..screening.screen import screen

    if out is not None:
        checked_table_path(out)
    check_crate(crate)
    criterion = criterion_of(by, target, weights)
    mixed = DIVERSITY if diversity is None else diversity
    limits: dict[str, float | None] = {
        "max_fluorine_wt_pct": max_fluorine_wt_pct,
        "max_pfas_wt_pct": max_pfas_wt_pct,
        "min_flash_point_c": min_flash_point_c,
        "liquid_at_c": liquid_at_c,
        "max_viscosity_mPa_s": max_viscosity,
        "max_components": max_components,
        "max_critical_elements": max_critical_elements,
        "min_anodic_limit_v": min_anodic_limit_v,
        "max_cost_per_l": max_cost_per_l,
        "within_solubility": within_solubility or None,
        "min_conductivity_mS_cm": min_conductivity,
    }
    constraints = constraints_of(exclude, unknown, limits, family)
    axes = {"salts": salts, "solvents": solvents, "additives": additives}
    asked: dict[str, Any] = {"top": top, "coverage": coverage, "include_gated": include_gated}
    asked |= {"workers": workers, "cluster": cluster, "resume": resume, "celsius": temperature}
    ranked: RankedList
    if library is not None:
        request = _request(library, role, base, amounts, filters, purchasable, per_scaffold, cache,
                           confirm, space, {**axes, "concentrations": concentrations})  # fmt: skip
        symbol = as_metal(metal or "Li")
        # What is wrong with it is told before a model is trained.
        request.formulations(symbol)
        predictor, folder = load_or_train(symbol, model, tracking_uri, tell, progress_bar)
        asked |= {"criterion": criterion, "constraints": constraints}
        with progress_bar() as progress:
            ranked = request.ranked(predictor, **asked, progress=progress)
    else:
        whole = _space(metal, space, {**axes, "concentrations": concentrations})
        chosen = with_prices(whole, prices, max_cost_per_l).constrained(constraints)
        symbol = chosen.metal
        predictor, folder = load_or_train(symbol, model, tracking_uri, tell, progress_bar)
        left_out = f" ({len(whole) - len(chosen):,} left out)" if len(chosen) < len(whole) else ""
        tell(f"Screening {len(chosen):,} candidates for {symbol}{left_out}.")
        asked |= {"all_amounts": all_amounts, "diversity": mixed, "exact": exact}
        with progress_bar() as progress:
            ranked = screen(chosen, predictor, criterion=criterion, **asked, progress=progress)
    _write(ranked, out, sdf, picture)
    if crate is not None:
        tell(f"Crate: {screening_crate(ranked, folder, crate, space or None)}")
    kept = ""
    if not no_tracking:
        from ..tracking import log_screening

        kept = str(log_screening(ranked, folder, tracking_uri, note, space or None))
    if json:
        print_json(
            {
                "mlflow": kept,
                "screened": ranked.screened,
                "predicted": ranked.predicted,
                "criterion": ranked.criterion,
                "caveat": ranked.caveat,
                "ranked": records(ranked.to_frame()),
            }
        )
        return
    print_ranked(ranked, show, details)
    if out is not None:
        print(f"List:   {out} ({len(ranked)} rows)")
    if kept:
        print(f"MLflow: {kept}")


def _write(ranked: RankedList, out: Path | None, sdf: Path | None, picture: Path | None) -> None:
    """Write a list to the files that were asked for."""
    from anolyte.datasets.files.exports import write_table_file

    from ..libraries.sdf import write_sdf

    if out is not None:
        write_table_file(ranked.to_frame(), out)
    if sdf is not None:
        write_sdf(ranked.to_frame(), sdf)
    if picture is not None:
        ranked.plot("molecules").savefig(picture)


def _space(metal: str, name: str, axes: dict[str, str]) -> CandidateSpace:
    """Return the space of a name or file, else of the options, else the metal's default."""
    from anolyte.datasets.compounds.metals import as_metal
    from anolyte.datasets.measurements.usual_compounds import default_compounds

    from ..spaces.candidate_space import CONCENTRATIONS, CandidateSpace

    given = [f"--{option}" for option, text in axes.items() if text]
    if name and given:
        raise ValueError(f"--space says what {', '.join(given)} would say: give one of them")
    if not given:
        return named_space(metal, name)
    symbol = as_metal(metal or "Li")
    usual_salts, usual_solvents, usual_additives = default_compounds(symbol)
    additives = axes["additives"]
    chosen = [] if additives.strip().lower() == "none" else named_compounds(additives)
    return CandidateSpace.of(
        symbol,
        named_compounds(axes["salts"]) or usual_salts,
        named_compounds(axes["solvents"]) or usual_solvents,
        usual_additives if not additives else chosen,
        tuple(numbers(axes["concentrations"], "--concentrations")) or CONCENTRATIONS,
    )


def _request(
    library: Path,
    role: str,
    base: list[str] | None,
    amounts: str,
    filters: str,
    purchasable: Path | None,
    per_scaffold: int,
    cache: Path | None,
    confirm: int,
    space: str,
    axes: dict[str, str],
) -> LibraryRequest:
    """Return what the options ask of a library."""
    elsewhere = {"--space": space, "--solvents": axes["solvents"], "--additives": axes["additives"]}
    given = [option for option, text in elsewhere.items() if text]
    if given:
        raise ValueError(f"--library is the molecules to rank: leave out {', '.join(given)}")
    return LibraryRequest(
        library,
        role,
        axes["salts"],
        numbers(axes["concentrations"], "--concentrations"),
        list(base or ()),
        numbers(amounts, "--amounts"),
        filters,
        purchasable,
        cache,
        per_scaffold,
        confirm,
    )
