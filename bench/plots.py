"""Line plots as SVG, for bench/compare. Both axes are logarithmic; points are (x, y) pairs."""

import math

WIDTH, HEIGHT = 760, 460
LEFT, RIGHT, TOP, BOTTOM = 80, 190, 50, 60
COLOURS = ["#444444", "#1f6fb4", "#2f9e44", "#e8590c", "#9c36b5", "#c92a2a", "#b08900"]


def _ticks(low, high):
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    return [10.0 ** power for power in range(first, max(last, first + 1) + 1)]


def _text(value):
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


def plot(path, title, x_title, y_title, lines, x_ticks=None):
    """`lines`: name -> points. `x_ticks`: value -> label, instead of powers of ten."""
    xs = [x for points in lines.values() for x, _ in points]
    ys = [y for points in lines.values() for _, y in points]
    x_marks = x_ticks or {x: _text(x) for x in _ticks(min(xs), max(xs))}
    y_marks = _ticks(min(ys), max(ys))
    x_low, x_high = math.log10(min(x_marks)), math.log10(max(x_marks))
    y_low, y_high = math.log10(y_marks[0]), math.log10(y_marks[-1])

    def across(x):
        return LEFT + (math.log10(x) - x_low) / (x_high - x_low or 1) * (WIDTH - LEFT - RIGHT)

    def down(y):
        share = (math.log10(y) - y_low) / (y_high - y_low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
           f'font-family="sans-serif" font-size="12">',
           '<rect width="100%" height="100%" fill="white"/>',
           f'<text x="{LEFT}" y="28" font-size="16">{title}</text>']
    for x, label in x_marks.items():
        out.append(f'<line x1="{across(x):.1f}" y1="{TOP}" x2="{across(x):.1f}" '
                   f'y2="{HEIGHT - BOTTOM}" stroke="#dddddd"/>')
        out.append(f'<text x="{across(x):.1f}" y="{HEIGHT - BOTTOM + 18}" '
                   f'text-anchor="middle">{label}</text>')
    for y in y_marks:
        out.append(f'<line x1="{LEFT}" y1="{down(y):.1f}" x2="{WIDTH - RIGHT}" y2="{down(y):.1f}" '
                   'stroke="#dddddd"/>')
        out.append(f'<text x="{LEFT - 8}" y="{down(y) + 4:.1f}" '
                   f'text-anchor="end">{_text(y)}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 16}" '
               f'text-anchor="middle">{x_title}</text>')
    out.append(f'<text x="18" y="{(TOP + HEIGHT - BOTTOM) / 2}" text-anchor="middle" '
               f'transform="rotate(-90 18 {(TOP + HEIGHT - BOTTOM) / 2})">{y_title}</text>')
    for place, (name, points) in enumerate(lines.items()):
        colour = COLOURS[place % len(COLOURS)]
        path_text = " ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in points)
        out.append(f'<polyline points="{path_text}" fill="none" stroke="{colour}" '
                   'stroke-width="2"/>')
        out += [f'<circle cx="{across(x):.1f}" cy="{down(y):.1f}" r="3" fill="{colour}"/>'
                for x, y in points]
        at = TOP + 18 * place
        out.append(f'<rect x="{WIDTH - RIGHT + 16}" y="{at}" width="14" height="4" '
                   f'fill="{colour}"/>')
        out.append(f'<text x="{WIDTH - RIGHT + 36}" y="{at + 8}">{name}</text>')
    out.append("</svg>")
    with open(path, "w") as file:
        file.write("\n".join(out) + "\n")
