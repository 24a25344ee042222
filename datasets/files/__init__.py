"""Files: tables read strictly and written whole, the shipped ones, and who writes them."""
