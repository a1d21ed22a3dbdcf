#!/usr/bin/env python3
"""Writes the letters of PNG plots, strokes drawn for this project, as Swift.

usage: make_plot_font.py > Sources/ErlangshenTraining/Plot/Generated/StrokeFont.swift
A letter is a few strokes of a round pen: M begins one, L draws a line, A an arc of an ellipse (centre, radii, first and
last angle in degrees; backwards where the last is smaller), to whose beginning a line goes. Units: capitals are 7 high,
small letters 5; y goes up from the line that letters stand on. Arcs become lines here, points tenths of a unit.
"""
import math
import re

BOWL = "A 2.1 2.5 2.1 2.5 0 360"
LETTERS = {
    "0": "A 2.2 3.5 2.2 3.5 90 450", "1": "M .6 5.6 L 2.2 7 L 2.2 0", "2": "A 2.2 4.9 2.1 2.1 165 -40 L 0 0 L 4.4 0",
    "3": "A 2.1 5.2 1.9 1.8 150 -90 A 2.1 1.7 2.2 1.7 90 -150", "4": "M 3.4 0 L 3.4 7 L 0 2 L 4.6 2",
    "5": "M 4 7 L .7 7 L .4 3.8 A 2.1 2.3 2.3 2.3 130 -150",
    "6": "A 2.2 2.3 2.2 2.3 0 360 M 3.9 6.8 A 3.6 2.3 3.6 4.6 80 180",
    "7": "M 0 7 L 4.4 7 L 1.5 0", "8": "A 2.2 5.25 1.9 1.75 0 360 M 4.4 1.75 A 2.2 1.75 2.2 1.75 0 360",
    "9": "A 2.2 4.7 2.2 2.3 0 360 M 4.4 4.7 A .8 4.7 3.6 4.6 0 -100",
    "A": "M 0 0 L 2.5 7 L 5 0 M .85 2.4 L 4.15 2.4",
    "B": "M 0 0 L 0 7 L 2.6 7 A 2.6 5.3 1.7 1.7 90 -90 L 0 3.6 M 2.6 3.6 A 2.7 1.8 1.9 1.8 90 -90 L 0 0",
    "C": "A 2.7 3.5 2.7 3.5 50 310", "D": "M 0 0 L 0 7 L 1.8 7 A 1.8 3.5 3 3.5 90 -90 L 0 0",
    "E": "M 4 7 L 0 7 L 0 0 L 4 0 M 0 3.6 L 3.4 3.6", "F": "M 4 7 L 0 7 L 0 0 M 0 3.6 L 3.4 3.6",
    "G": "A 2.7 3.5 2.7 3.5 50 360 L 3 3.5", "H": "M 0 0 L 0 7 M 4.6 0 L 4.6 7 M 0 3.6 L 4.6 3.6", "I": "M 0 0 L 0 7",
    "J": "M 3 7 L 3 1.8 A 1.5 1.8 1.5 1.8 0 -180", "K": "M 0 0 L 0 7 M 4.4 7 L 0 2.6 M 1.6 4.2 L 4.6 0",
    "L": "M 0 7 L 0 0 L 3.8 0", "M": "M 0 0 L 0 7 L 2.8 2 L 5.6 7 L 5.6 0", "N": "M 0 0 L 0 7 L 4.6 0 L 4.6 7",
    "O": "A 2.8 3.5 2.8 3.5 90 450", "P": "M 0 0 L 0 7 L 2.5 7 A 2.5 5.15 1.9 1.85 90 -90 L 0 3.3",
    "Q": "A 2.8 3.5 2.8 3.5 90 450 M 3.4 1.6 L 5.4 -.6",
    "R": "M 0 0 L 0 7 L 2.5 7 A 2.5 5.15 1.9 1.85 90 -90 L 0 3.3 M 2.2 3.3 L 4.6 0",
    "S": "A 2.2 5.2 2 1.8 30 270 A 2.2 1.7 2.1 1.7 90 -150", "T": "M 0 7 L 5 7 M 2.5 7 L 2.5 0",
    "U": "M 0 7 L 0 2.3 A 2.3 2.3 2.3 2.3 180 360 L 4.6 7", "V": "M 0 7 L 2.5 0 L 5 7",
    "W": "M 0 7 L 1.7 0 L 3.4 5.5 L 5.1 0 L 6.8 7", "X": "M 0 0 L 4.8 7 M 0 7 L 4.8 0",
    "Y": "M 0 7 L 2.5 3.3 L 5 7 M 2.5 3.3 L 2.5 0", "Z": "M 0 7 L 4.6 7 L 0 0 L 4.6 0",
    "a": BOWL + " M 4.2 5 L 4.2 0", "b": "M 0 7.2 L 0 0 M 4.2 2.5 " + BOWL, "c": "A 2.2 2.5 2.2 2.5 45 315",
    "d": BOWL + " M 4.2 7.2 L 4.2 0", "e": "M 0 2.5 L 4.2 2.5 A 2.1 2.5 2.1 2.5 0 310",
    "f": "M 1 0 L 1 5.6 A 2.6 5.6 1.6 1.6 180 70 M 0 4.7 L 2.6 4.7",
    "g": BOWL + " M 4.2 5 L 4.2 -.2 A 2.1 -.2 2.1 1.8 0 -150", "h": "M 0 7.2 L 0 0 M 0 3 A 2 3 2 2 180 0 L 4 0",
    "i": "M .2 5 L .2 0 M 0 6.6 L .4 6.6 L .4 7 L 0 7 L 0 6.6",
    "j": "M 1.2 5 L 1.2 -.8 A 0 -.8 1.2 1.2 0 -90 M 1 6.6 L 1.4 6.6 L 1.4 7 L 1 7 L 1 6.6",
    "k": "M 0 7.2 L 0 0 M 3.6 5 L 0 1.8 M 1.3 2.9 L 3.9 0", "l": "M 0 7.2 L 0 0",
    "m": "M 0 5 L 0 0 M 0 3.2 A 1.6 3.2 1.6 1.8 180 0 L 3.2 0 M 3.2 3.2 A 4.8 3.2 1.6 1.8 180 0 L 6.4 0",
    "n": "M 0 5 L 0 0 M 0 3 A 2 3 2 2 180 0 L 4 0",
    "o": "A 2.2 2.5 2.2 2.5 90 450",
    "p": "M 0 5 L 0 -2 M 4.2 2.5 " + BOWL,
    "q": BOWL + " M 4.2 5 L 4.2 -2", "r": "M 0 5 L 0 0 M 0 2.8 A 2 2.8 2 2.2 180 70",
    "s": "A 1.8 3.75 1.6 1.25 30 270 A 1.8 1.25 1.8 1.25 90 -150",
    "t": "M 1 6.6 L 1 1.4 A 2.4 1.4 1.4 1.4 180 290 M 0 4.8 L 2.8 4.8",
    "u": "M 0 5 L 0 2 A 2 2 2 2 180 360 M 4 5 L 4 0",
    "v": "M 0 5 L 2.1 0 L 4.2 5", "w": "M 0 5 L 1.5 0 L 3 4 L 4.5 0 L 6 5", "x": "M 0 0 L 4 5 M 0 5 L 4 0",
    "y": "M 0 5 L 2.1 0 M 4.2 5 L 1.4 -1.6 L .4 -2", "z": "M 0 5 L 3.8 5 L 0 0 L 3.8 0",
    "!": "M .2 7 L .2 2.2 M 0 0 L .4 0 L .4 .4 L 0 .4 L 0 0", '"': "M 0 7 L 0 5 M 1.6 7 L 1.6 5",
    "#": "M 1.2 0 L 2 7 M 3.4 0 L 4.2 7 M .2 2.4 L 4.8 2.4 M .6 4.8 L 5.2 4.8",
    "$": "A 2.2 5.1 2 1.6 30 270 A 2.2 1.9 2.1 1.6 90 -150 M 2.2 7.8 L 2.2 -.8",
    "%": "A 1.3 5.4 1.3 1.6 0 360 M 5.6 7 L 1 0 M 6.6 1.6 A 5.3 1.6 1.3 1.6 0 360",
    "&": "M 5 0 L 1.2 5 A 2.2 5.6 1.3 1.4 200 -60 L 1.2 3.4 A 2 1.7 1.9 1.7 120 300 L 4.8 3",
    "'": "M 0 7 L 0 5", "(": "A 3 2.8 2.6 5 120 240", ")": "A -1.1 2.8 2.6 5 60 -60",
    "*": "M 1.8 7 L 1.8 3.4 M .2 6.1 L 3.4 4.3 M .2 4.3 L 3.4 6.1", "+": "M 2.2 5.4 L 2.2 1 M 0 3.2 L 4.4 3.2",
    ",": "M .6 .1 L 0 -1.4", "-": "M 0 2.8 L 2.6 2.8", ".": "M 0 0 L .4 0 L .4 .4 L 0 .4 L 0 0",
    "/": "M 0 -1 L 3 7.6",
    ":": "M 0 0 L .4 0 L .4 .4 L 0 .4 L 0 0 M 0 3.8 L .4 3.8 L .4 4.2 L 0 4.2 L 0 3.8",
    ";": "M .6 .1 L 0 -1.4 M .4 3.8 L .8 3.8 L .8 4.2 L .4 4.2 L .4 3.8", "<": "M 4 5.6 L 0 3.2 L 4 .8",
    "=": "M 0 4.2 L 4.4 4.2 M 0 2.2 L 4.4 2.2", ">": "M 0 5.6 L 4 3.2 L 0 .8",
    "?": "A 1.8 5.2 1.8 1.8 165 -60 L 1.8 2.9 L 1.8 2.2 M 1.6 0 L 2 0 L 2 .4 L 1.6 .4 L 1.6 0",
    "@": "A 3.2 2.9 1.3 1.5 0 360 M 4.5 4.4 L 4.5 2.4 A 5.4 2.4 .9 1 180 360 A 3.2 2.9 3.1 3.6 0 310",
    "[": "M 1.8 7.6 L 0 7.6 L 0 -1 L 1.8 -1", "\\": "M 0 7.6 L 3 -1", "]": "M 0 7.6 L 1.8 7.6 L 1.8 -1 L 0 -1",
    "^": "M 0 4.4 L 1.8 7 L 3.6 4.4", "_": "M 0 -1 L 4.6 -1", "`": "M 0 7.2 L 1 5.8",
    "{": "M 2.4 7.6 L 1.4 7.2 L 1.4 4.2 L .2 3.3 L 1.4 2.4 L 1.4 -.6 L 2.4 -1", "|": "M 0 7.6 L 0 -1",
    "}": "M 0 7.6 L 1 7.2 L 1 4.2 L 2.2 3.3 L 1 2.4 L 1 -.6 L 0 -1",
    "~": "M 0 2.6 A 1.2 2.7 1.2 .9 180 0 A 3.6 2.7 1.2 .9 180 360",
}


def flattened(drawing):
    """Lists of points, one for each stroke."""
    strokes = []
    for command, rest in re.findall(r"([MLA])([^MLA]*)", drawing):
        numbers = [float(word) for word in rest.split()]
        if command == "M" or not strokes:
            strokes.append([])
        if command != "A":
            strokes[-1].append(tuple(numbers))
            continue
        x, y, a, b, first, last = numbers
        count = max(3, round(abs(last - first) / 20))
        angles = [math.radians(first + (last - first) * part / count) for part in range(count + 1)]
        strokes[-1] += [(x + a * math.cos(angle), y + b * math.sin(angle)) for angle in angles]
    return strokes


print("// Made by tools/make_plot_font.py; change that.")
print()
print("/// Letters as strokes: points `x y` in tenths of a unit, a semicolon between strokes. Capitals are 7 high.")
print("enum StrokeFont {")
print("    /// From the space, scalar 32, to the tilde.")
print("    static let drawings: [String] = [")
for code in range(32, 127):
    strokes = flattened(LETTERS.get(chr(code), ""))
    points = ";".join(" ".join(f"{round(10 * x)} {round(10 * y)}" for x, y in stroke) for stroke in strokes)
    print(f'        "{points}",')
print("    ]")
print("}")
