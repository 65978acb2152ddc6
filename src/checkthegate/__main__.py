"""`python -m checkthegate` is the command `gate`."""

from checkthegate.cli.main import main

if __name__ == "__main__":
    main()
