import io

import numpy as np
import pytest
import torch
from PIL import Image

from nst.errors import UserError
from nst.pictures.tensors import NOISES, encode_png, noise, picture_hash, to_image, to_tensor


def all_levels() -> Image.Image:
    red, green = np.meshgrid(np.arange(256), np.arange(256), indexing="ij")
    return Image.fromarray(np.stack([red, green, 255 - red], axis=-1).astype(np.uint8))


def test_to_tensor_layout_and_range() -> None:
    levels = np.zeros((2, 3, 3), dtype=np.uint8)
    levels[1, 2] = (255, 51, 0)
    tensor = to_tensor(Image.fromarray(levels))
    assert tensor.shape == (1, 3, 2, 3) and tensor.dtype == torch.float32 and tensor.is_contiguous()
    assert tensor[0, :, 1, 2].tolist() == pytest.approx([1, 0.2, 0])
    assert tensor.sum().item() == pytest.approx(1.2)


def test_round_trip_is_exact() -> None:
    picture = all_levels()
    assert to_image(to_tensor(picture)).tobytes() == picture.tobytes()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_to_image_clamps_and_rounds(dtype: torch.dtype) -> None:
    values = [-1, 0, 0.25, 1, 7, float("nan"), float("inf"), float("-inf")]
    picture = torch.tensor(values, dtype=dtype).reshape(1, 1, 1, -1).expand(1, 3, 1, -1).requires_grad_()
    assert [pixel[0] for pixel in np.asarray(to_image(picture))[0]] == [0, 0, 64, 255, 255, 0, 255, 0]


def test_to_image_takes_any_memory_layout() -> None:
    picture = to_tensor(all_levels()).contiguous(memory_format=torch.channels_last)
    assert to_image(picture).tobytes() == all_levels().tobytes()


@pytest.mark.parametrize("shape", [(3, 4, 4), (2, 3, 4, 4), (1, 1, 4, 4)])
def test_to_image_refuses_other_shapes(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"\(1, 3, H, W\)"):
        to_image(torch.zeros(shape))


def test_encode_png_carries_its_text() -> None:
    picture = all_levels()
    text = {"signature": "0123456789ab", "content": "été à la plage 日本 🎨.jpg", "spec": '{"a": 1}\n' * 50}
    data = encode_png(picture, text)
    assert data == encode_png(picture, text)
    with Image.open(io.BytesIO(data)) as decoded:
        assert decoded.format == "PNG" and decoded.mode == "RGB"
        assert decoded.tobytes() == picture.tobytes()
        assert {key: str(decoded.info[key]) for key in text} == text
    assert data.count(b"iTXt") == 3


def test_encode_png_survives_file_names_that_are_no_unicode() -> None:
    with Image.open(io.BytesIO(encode_png(all_levels(), {"content": "caf\udce9.png"}))) as decoded:
        assert decoded.info["content"] == "caf?.png"


def test_encode_png_drops_other_metadata() -> None:
    picture = all_levels()
    picture.info.update(icc_profile=b"profile", transparency=(1, 2, 3))
    with Image.open(io.BytesIO(encode_png(picture, {}))) as decoded:
        assert decoded.info == {}
    assert "icc_profile" in picture.info


def test_picture_hash_depends_on_size_and_pixels_only() -> None:
    wide, tall = Image.new("RGB", (6, 2)), Image.new("RGB", (2, 6))
    assert picture_hash(wide) != picture_hash(tall)
    tagged = wide.copy()
    tagged.info["comment"] = "x"
    assert picture_hash(tagged) == picture_hash(wide)
    # printf '1x1 \001\002\003' | sha256sum
    assert picture_hash(Image.new("RGB", (1, 1), (1, 2, 3))) == "5473067edd7a"


@pytest.mark.parametrize("kind", NOISES)
def test_noise_is_a_picture_of_its_seed(kind: str) -> None:
    first = noise(kind, 24, 32, seed=3)
    assert first.shape == (1, 3, 24, 32) and first.dtype == torch.float32 and first.device.type == "cpu"
    assert 0 <= first.min() and first.max() <= 1
    torch.manual_seed(99)
    assert torch.equal(noise(kind, 24, 32, seed=3), first)
    assert not torch.equal(noise(kind, 24, 32, seed=4), first)


@pytest.mark.parametrize("kind", NOISES)
def test_noise_leaves_the_global_generator_alone(kind: str) -> None:
    before = torch.get_rng_state()
    noise(kind, 8, 8, seed=0)
    assert torch.equal(torch.get_rng_state(), before)


def test_uniform_moments() -> None:
    values = noise("uniform", 256, 256, seed=0)
    assert values.mean().item() == pytest.approx(1 / 2, abs=0.004)
    assert values.var().item() == pytest.approx(1 / 12, abs=0.002)


def test_gaussian_is_clamped() -> None:
    values = noise("gaussian", 256, 256, seed=0)
    assert (values == 0).float().mean().item() == pytest.approx(0.5, abs=0.005)
    assert (values == 1).float().mean().item() == pytest.approx(0.1587, abs=0.005)  # 1 - Phi(1)


def test_the_two_noises_differ_and_others_are_refused() -> None:
    assert not torch.equal(noise("uniform", 8, 8, 0), noise("gaussian", 8, 8, 0))
    with pytest.raises(UserError, match="no noise named 'gausian'; did you mean 'gaussian'?"):
        noise("gausian", 8, 8, 0)
