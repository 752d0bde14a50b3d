"""Makes what follows from the list of routes and its structs: types and calls of the clients, tables of the docs.

`make generate` writes the files, a test compares them. Nothing of it is in the package that is installed.
"""
