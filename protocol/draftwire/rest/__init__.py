"""What requests over HTTP carry and what they are answered with: one module for each kind of resource, structs only.

The server reads and writes these, `draftwire.api` too, and the OpenAPI description is made of them. Times are Unix
seconds, ids opaque texts; what a query holds is a struct as well.
"""
