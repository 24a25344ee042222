"""How anions, metal cations and alkyl groups are spelled in formulas, abbreviations and words.

Structures follow from the names; the spellings are regular expressions without brackets,
blanks and dashes, which `ionic_names` leaves out of the text.
"""

from __future__ import annotations

_SUL = "sul(?:f|ph)on"
_TF = "trifluoromethane?"
# SMILES, charge, spelling in a canonical name, formulas (case counts), words (it does not).
Anion = tuple[str, int, str, str, str]
ANIONS: tuple[Anion, ...] = (
    (
        "O=S(=O)([N-]S(=O)(=O)C(F)(F)F)C(F)(F)F",
        1,
        "TFSI",
        "TFSI|TFSA|NTf2|Tf2N|NTF2|Ntf2|TF2N|NSO2CF32|NCF3SO22|CF3SO22N|SO2CF32N",
        rf"bis\W*(?:{_TF}|trifluoromethyl){_SUL}(?:yl)?(?:imide?|amide|imidate|azanide)"
        rf"|bistriflimide|bistriflamide|triflimide|tfsi|tfsa|ntf2",
    ),
    (
        "O=S(=O)(F)[N-]S(=O)(=O)F",
        1,
        "FSI",
        "FSI|FSA|NSO2F2|NFSO22|FSO22N|SO2F2N",
        rf"bisfluoro{_SUL}yl(?:imide|amide|azanide)|fsi|fsa",
    ),
    (
        "O=S(=O)([N-]S(=O)(=O)C(F)(F)C(F)(F)F)C(F)(F)C(F)(F)F",
        1,
        "BETI",
        "BETI|NSO2C2F52|NC2F5SO22|NPf2",
        rf"bis(?:pentafluoroethane?|pentafluoroethyl|perfluoroethane?|perfluoroethyl){_SUL}yl"
        r"(?:imide|amide)|beti",
    ),
    (
        "O=S(=O)([O-])C(F)(F)F",
        1,
        "OTf",
        "OTf|OTF|TfO|TFO|Otf|Tf|CF3SO3|SO3CF3|TFS",
        rf"{_TF}{_SUL}ate|trifluoromethyl{_SUL}ate|triflate|otf|tfo",
    ),
    ("F[B-](F)(F)F", 1, "BF4", "BF4", "tetrafluoroborate|bf4"),
    ("F[P-](F)(F)(F)(F)F", 1, "PF6", "PF6", "hexafluorophosphate|pf6"),
    ("F[As-](F)(F)(F)(F)F", 1, "AsF6", "AsF6", "hexafluoroarsenate"),
    ("[O-][Cl+3]([O-])([O-])[O-]", 1, "ClO4", "ClO4", "perchlorate"),
    ("N#C[N-]C#N", 1, "DCA", "DCA|NCN2", "dicyanamide|dca"),
    ("N#C[C-](C#N)C#N", 1, "TCM", "TCM|CCN3", "tricyanomethanide|tricyanomethide|tcm"),
    ("N#C[B-](C#N)(C#N)C#N", 1, "B(CN)4", "TCB|BCN4", "tetracyanoborate|tcb"),
    ("[S-]C#N", 1, "SCN", "SCN", "thiocyanate"),
    ("O=[N+]([O-])[O-]", 1, "NO3", "NO3", "nitrate"),
    ("CC(=O)[O-]", 1, "OAc", "OAc|OAC|CH3COO|CH3CO2|CO2CH3|OOCCH3|O2CCH3|Ac", "acetate"),
    ("O=C([O-])C(F)(F)F", 1, "TFA", "TFA|CF3COO|CF3CO2|TFAc", "trifluoroacetate"),
    ("O=C[O-]", 1, "HCOO", "HCOO|HCO2", "formate"),
    ("O=S(=O)([O-])O", 1, "HSO4", "HSO4", "hydrogensulfate|bisulfate|hydrogensulphate"),
    ("COS(=O)(=O)[O-]", 1, "MeSO4", "MeSO4|CH3SO4", "methylsulfate"),
    ("CCOS(=O)(=O)[O-]", 1, "EtSO4", "EtSO4|C2H5SO4", "ethylsulfate"),
    ("CS(=O)(=O)[O-]", 1, "MeSO3", "MeSO3|CH3SO3|OMs", "methanesulfonate|mesylate"),
    ("CCCCCCCCOS(=O)(=O)[O-]", 1, "OcSO4", "OcSO4|C8H17SO4|C8SO4", "octylsulfate"),
    ("Cc1ccc(S(=O)(=O)[O-])cc1", 1, "OTs", "OTs|TsO", "p?toluenesulfonate|tosylate"),
    ("COP(=O)([O-])OC", 1, "Me2PO4", "Me2PO4", "dimethylphosphate"),
    ("CCOP(=O)([O-])OCC", 1, "Et2PO4", "Et2PO4", "diethylphosphate"),
    (
        "F[P-](F)(F)(C(F)(F)C(F)(F)F)(C(F)(F)C(F)(F)F)C(F)(F)C(F)(F)F",
        1,
        "FAP",
        "FAP|PF3C2F53|C2F53PF3",
        "trispentafluoroethyltrifluorophosphate",
    ),
    ("Cl[Al-](Cl)(Cl)Cl", 1, "AlCl4", "AlCl4", "tetrachloroaluminate"),
    ("O=P([O-])(F)F", 1, "PO2F2", "PO2F2|DFP", "difluorophosphate"),
    ("O=C1O[B-]2(OC1=O)OC(=O)C(=O)O2", 1, "BOB", "BOB|BC2O42", "bisoxalat[oe]borate"),
    (
        "O=C1O[B-](F)(F)OC1=O",
        1,
        "DFOB",
        "DFOB|ODFB|BF2C2O4|BC2O4F2",
        "difluorooxalat[oe]borate|oxal[yalto]+difluoroborate|difluorooxalylborate",
    ),
    ("[BH4-]", 1, "BH4", "BH4", "borohydride|tetrahydroborate|tetrahydridoborate"),
    ("c1ccc([B-](c2ccccc2)(c2ccccc2)c2ccccc2)cc1", 1, "BPh4", "BPh4", "tetraphenylborate"),
    ("[F-]", 1, "F", "F", "fluoride"),
    ("[Cl-]", 1, "Cl", "Cl", "chloride"),
    ("[Br-]", 1, "Br", "Br", "bromide"),
    ("[I-]", 1, "I", "I", "iodide"),
    ("[OH-]", 1, "OH", "OH", "hydroxide"),
    ("O=S(=O)([O-])[O-]", 2, "SO4", "SO4", "sul(?:f|ph)ate"),
    ("O=C([O-])[O-]", 2, "CO3", "CO3", "carbonate"),
    ("O=C([O-])O", 1, "HCO3", "HCO3", "bicarbonate|hydrogencarbonate"),
    ("O=P([O-])(O)O", 1, "H2PO4", "H2PO4", "dihydrogenphosphate"),
    ("O=P([O-])([O-])O", 2, "HPO4", "HPO4", "hydrogenphosphate"),
    ("O=P([O-])([O-])[O-]", 3, "PO4", "PO4", "phosphate"),
)
METAL_IONS: tuple[tuple[str, int, str], ...] = (
    ("Li", 1, "lithium"),
    ("Na", 1, "sodium"),
    ("K", 1, "potassium"),
    ("Rb", 1, "rubidium"),
    ("Cs", 1, "c(?:a?e)sium"),
    ("Mg", 2, "magnesium(?:ii)?"),
    ("Ca", 2, "calcium(?:ii)?"),
    ("Sr", 2, "strontium"),
    ("Ba", 2, "barium"),
    ("Zn", 2, "zinc(?:ii)?"),
    ("Mn", 2, r"manganese(?:ii)?"),
    ("Ni", 2, r"nickel(?:ii)?"),
    ("Co", 2, r"cobalt(?:ii)?"),
    ("Cu", 2, r"copper(?:ii)?"),
    ("Al", 3, r"alumini?um(?:iii)?"),
    ("In", 3, r"indium(?:iii)?"),
    ("La", 3, r"lanthanum(?:iii)?"),
    ("NH4", 1, "ammonium"),
)
ALKYLS = {
    "methyl": 1,
    "ethyl": 2,
    "propyl": 3,
    "butyl": 4,
    "pentyl": 5,
    "hexyl": 6,
    "heptyl": 7,
    "octyl": 8,
    "nonyl": 9,
    "decyl": 10,
    "dodecyl": 12,
    "tetradecyl": 14,
    "hexadecyl": 16,
}
