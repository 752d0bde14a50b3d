"""Write all that is made: `python -m generator`."""

from generator.made import made

if __name__ == "__main__":
    for path, text in made().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
