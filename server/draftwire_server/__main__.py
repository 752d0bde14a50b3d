"""`python -m draftwire_server` is the command `draftwire`."""

from draftwire_server.cli.main import main

if __name__ == "__main__":
    main()
