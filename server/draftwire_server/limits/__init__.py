"""Limits of the server, by what they are for. Each constant has its unit in its name, and its reason.

Times that operators may set are in `draftwire_server.settings.Timings`.
"""
