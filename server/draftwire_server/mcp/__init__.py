"""The MCP server: the HTTP interface as tools and resources for models, over streamable HTTP and stdio.

Everything is asked of the HTTP interface, with the caller's own token, so a model can do through it what that token can
do over HTTP, and nothing else. The official SDK is loaded with the first request that needs it: it takes a second and
some 30 MB, which a worker without MCP clients does not spend.
"""
