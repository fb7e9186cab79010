"""``python -m carekit`` is the ``carekit`` command."""

from carekit.cli import main

if __name__ == "__main__":
    main()
