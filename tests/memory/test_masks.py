"""The memory of masks, counted by hand."""

from collections.abc import Callable
from dataclasses import replace

from specs import with_runtime

from nst.memory.estimate import needed_bytes
from nst.memory.masks import masked_bytes
from nst.spec.records import Mask, Spec


def test_it_is_the_masks_and_a_few_matrices_a_region(make_spec: Callable[..., Spec]) -> None:
    """Layers of 64 and 128 channels at 64 x 64 and 32 x 32, twice; 2 bytes a number in bf16, 8 a frozen pixel."""
    spec = make_spec(style_layers=("conv_1", "conv_3"))
    assert masked_bytes(spec, (64, 64)) == 0
    content, style = spec.terms
    mask = Mask(("left",))
    one = replace(spec, terms=(content, replace(style, mask=mask)))
    region = 2 * (64 * 64 + 4 * 64**2 + 32 * 32 + 4 * 128**2)
    assert masked_bytes(one, (64, 64)) == 4 * region
    two = replace(one, terms=(*one.terms, replace(style, name="guide_2", mask=mask)))
    assert masked_bytes(two, (64, 64)) == 4 * 2 * region
    assert masked_bytes(replace(one, precision="bf16"), (64, 64)) == 2 * region
    frozen = replace(spec, freeze=mask)
    assert masked_bytes(frozen, (64, 64)) == 8 * 64 * 64
    on_gpu = with_runtime(one, device="cuda")
    assert masked_bytes(on_gpu, (64, 64)) == 4 * (region + 3 * 64 * 64 * 64)
    assert needed_bytes(one, (64, 64)) > needed_bytes(spec, (64, 64))


def test_a_mask_on_the_content_has_no_matrices(make_spec: Callable[..., Spec]) -> None:
    content, style = make_spec(content_layers=("conv_1",)).terms
    spec = replace(make_spec(), terms=(replace(content, mask=Mask(("left",))), style))
    assert masked_bytes(spec, (64, 64)) == 4 * 2 * 64 * 64
