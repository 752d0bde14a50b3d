"""The routes over HTTP: read a request, call a service, write the answer."""
