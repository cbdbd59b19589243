"""Numbers as the page writes them: times, sizes, ratios, errors."""


def figure(value):
    """Three digits, or as many as stand before the point."""
    digits = 0 if value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:.{digits}f}"


def duration(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{figure(seconds / size)} {unit}"
    return f"{figure(seconds / 1e-9)} ns"


def size_text(text):
    """A number of bytes as it came from the file, which may also say that it is unknown."""
    if not text.isdigit():
        return text
    size = int(text)
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size >> 10} KiB"


def ratio_figure(value):
    """A digit more than figure(), so that it can be seen on which side of a bar a ratio is."""
    return f"{value:.3f}" if value < 9.9995 else figure(value)


def measured(ratio, wanted):
    """Median and interval; the coverage, if it is not the wanted one."""
    text = f"{ratio_figure(ratio.median)} [{ratio_figure(ratio.low)}, {ratio_figure(ratio.high)}]"
    if ratio.coverage < wanted:
        text += f" ({ratio.rounds} round{'s' * (ratio.rounds != 1)}: {100 * ratio.coverage:.0f} %)"
    return text


def error(value):
    return f"{value:.0e}".replace("e-0", "e-") if value else "0"


def counted(count, word):
    return f"{count} {word}" + "s" * (count != 1)
