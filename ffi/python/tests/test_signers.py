"""Keys of `cryptography` and of a PKCS#11 token sign, and say their public key as medlot keeps it."""
import os
import shutil
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from medlot.signers import KeySigner, Pkcs11Signer, SignatureForm

MESSAGE = b"medlot"
MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm.so")


def holds(signer, signature):
    """Verifies with nothing but what the signer says of itself."""
    if signer.suite == "ed25519":
        ed25519.Ed25519PublicKey.from_public_bytes(signer.public_key).verify(signature, MESSAGE)
        return
    assert len(signer.public_key) == 33
    if signer.form is SignatureForm.RAW:
        assert len(signature) == 64
        signature = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), signer.public_key)
    public.verify(signature, MESSAGE, ec.ECDSA(SHA256()))


@pytest.mark.parametrize("make", [lambda: ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate])
def test_a_key_signs_and_says_its_public_key(make):
    for _ in range(50):
        signer = KeySigner(make())
        holds(signer, signer.sign(MESSAGE))


@pytest.mark.parametrize(
    "key", [ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)], ids=["secp384r1", "RSA"]
)
def test_keys_of_other_kinds_are_refused_by_name(key, request):
    with pytest.raises(ValueError, match=request.node.callspec.id):
        KeySigner(key)


@pytest.fixture
def session(tmp_path):
    module = next((path for path in MODULES if os.path.exists(path)), None)
    if not module or not shutil.which("softhsm2-util"):
        pytest.skip("softhsm2 isn't installed")
    conf = tmp_path / "softhsm2.conf"
    (tmp_path / "tokens").mkdir()
    conf.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(conf)
    create = ["softhsm2-util", "--init-token", "--free", "--label", "medlot", "--pin", "1234", "--so-pin", "12345678"]
    subprocess.run(create, check=True, capture_output=True)
    import pkcs11

    token = pkcs11.lib(module).get_token(token_label="medlot")
    with token.open(rw=True, user_pin="1234") as session:
        yield session


def test_a_key_in_a_token_signs_and_never_leaves_it(session):
    from pkcs11 import Attribute, KeyType, NoSuchKey
    from pkcs11.util.ec import encode_named_curve_parameters

    for label, curve in (("device", "secp256r1"), ("other", "secp384r1")):
        parameters = session.create_domain_parameters(
            KeyType.EC, {Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}, local=True
        )
        parameters.generate_keypair(label=label, store=True)
    signer = Pkcs11Signer(session, "device")
    for _ in range(20):
        holds(signer, signer.sign(MESSAGE))
    with pytest.raises(ValueError, match="other"):
        Pkcs11Signer(session, "other")
    with pytest.raises(NoSuchKey):
        Pkcs11Signer(session, "lost")
