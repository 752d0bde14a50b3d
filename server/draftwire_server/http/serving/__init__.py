"""How a route is declared, read and answered."""
