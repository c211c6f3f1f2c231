"""List the sentences of the write-up that evaluate something and yet claim nothing measurable."""

from nst.statements.statement import Untestable

UNTESTABLE = (
    Untestable(
        "style_bands",
        "while in the middle layers, the mixing feeling is kept",
        "A feeling of mixing names no quantity of a picture. The numbers of the middle layers are among the values of "
        "the other two parts of the sentence.",
    ),
    Untestable(
        "noise_textures",
        "Below is the top left part(0,0-100,100px) of the generated texture.",
        "It describes what is shown, and claims nothing about it. That corner is one of the two places where strokes "
        "are compared.",
    ),
    Untestable(
        "stroke_scale",
        "I tried 1024 instead of default 512, and the result is more interesting than the default one.",
        "Interest depends on who looks.",
    ),
    Untestable(
        "stroke_scale",
        "The dog input picture is realistic so that it could be weird.",
        "It could be, or not: nothing follows for any picture, and weirdness depends on who looks.",
    ),
    Untestable(
        "stroke_scale",
        "One interesting discovery for the input is that the greater resolution the input image is, the more organized "
        "the style will be.",
        "It does not say by what one would recognise an organized style.",
    ),
    Untestable(
        "stroke_scale",
        "For lower resolution input, the stroke on final result seems wild and fantastic.",
        "How a stroke seems depends on who looks. Its scale is measured.",
    ),
    Untestable(
        "weight_ratio",
        "I adjust the 1000000:1 to 800000:1. The result is very exciting and artistic.",
        "Excitement and art depend on who looks, and nothing is said of how the two ratios differ. The losses of both "
        "are among the numbers of the figure.",
    ),
)
"""In the order of the write-up; `claim` is the statement below which a sentence is shown."""
