//! The same facts as others would sign them: COSE_Sign1 (RFC 9052), protobuf with a signature, EPCIS 2.0 as JWS
//! (RFC 7515). Each says every fact of medlot's record, with numbers packed as medlot packs them where its form has
//! numbers, and is chained, since medlot's records are.
use coset::iana::{Algorithm, EnumI64};
use coset::{CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, cbor::value::Value as Cbor};
use data_encoding::BASE64URL_NOPAD;
use medlot_core::crypto::{SoftwareKey, Suite, verify};
use medlot_core::time::{Date, TimeError, Timestamp};
use prost::Message;
use serde_json::{Value, json};

/// What one sale says, with all common fields: medlot's full record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sale {
    /// When it was recorded, seconds since 1970.
    pub at: u64,
    /// Registration number, 12 digits.
    pub product: u64,
    /// Lot number.
    pub lot: String,
    /// Direction and reason in one number, as in medlot: reason × 4 + 0 in, 1 out, 2 moved.
    pub what: u32,
    /// Last usable day.
    pub expiry: Date,
    /// Smallest dispensing units.
    pub quantity: u32,
    /// What the document is: 1 an invoice.
    pub document_kind: u32,
    /// Number of the document.
    pub document: String,
    /// Value in đồng × 2, + 1 with tax included, as in medlot.
    pub amount: u64,
    /// Staff code.
    pub operator: String,
    /// Hash of the record before.
    pub previous: [u8; 32],
}

impl Sale {
    /// A sale with the facts of the full record that medlot's own size is measured with.
    ///
    /// # Errors
    /// Never.
    pub fn sample() -> Result<Self, TimeError> {
        Ok(Self {
            at: 1_794_000_000,
            what: 1 << 2 | 1,
            product: 893_110_100_025,
            lot: "A00024B".into(),
            expiry: Date::new(2028, 1, 28)?,
            quantity: 100,
            document_kind: 1,
            document: "PX-2026-00400".into(),
            amount: 1_234_500 << 1 | 1,
            operator: "DS07".into(),
            previous: [7; 32],
        })
    }
}

/// Which log: eight bytes, as in medlot.
const KEY_ID: [u8; 8] = *b"\x51\xb1\x2f\x1e\x04\xb3\xa9\xd5";

/// A key that signs, and its public half.
pub struct Signer {
    key: SoftwareKey,
    public: Vec<u8>,
}

impl Signer {
    /// Ed25519, from a fixed seed.
    ///
    /// # Errors
    /// Never.
    pub fn new() -> Result<Self, medlot_core::crypto::CryptoError> {
        let key = SoftwareKey::from_seed(Suite::Ed25519, &[7; 32])?;
        let public = key.public_key(&mut [0; 33]).to_vec();
        Ok(Self { key, public })
    }
    fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        verify(Suite::Ed25519, &self.public, message, signature).is_ok()
    }
}

// ----- COSE_Sign1: a map with small integer labels, algorithm and key id in the protected header

/// As COSE_Sign1.
#[must_use]
pub fn cose(sale: &Sale, signer: &Signer) -> Vec<u8> {
    let fields: [Cbor; 11] = [
        sale.at.into(),
        sale.product.into(),
        sale.lot.clone().into(),
        sale.expiry.packed().into(),
        sale.quantity.into(),
        sale.document.clone().into(),
        sale.amount.into(),
        sale.operator.clone().into(),
        Cbor::Bytes(sale.previous.to_vec()),
        sale.what.into(),
        sale.document_kind.into(),
    ];
    let map = Cbor::Map(fields.into_iter().enumerate().map(|(label, field)| ((label as u64).into(), field)).collect());
    let mut payload = Vec::new();
    if coset::cbor::ser::into_writer(&map, &mut payload).is_err() {
        return Vec::new();
    }
    let header = HeaderBuilder::new().algorithm(Algorithm::EdDSA).key_id(KEY_ID.to_vec()).build();
    let signed = CoseSign1Builder::new()
        .protected(header)
        .payload(payload)
        .create_signature(&[], |message| signer.key.sign(message).to_vec())
        .build();
    signed.to_vec().unwrap_or_default()
}

/// Verifies and reads it.
#[must_use]
pub fn read_cose(bytes: &[u8], signer: &Signer) -> Option<Sale> {
    let signed = CoseSign1::from_slice(bytes).ok()?;
    let header = &signed.protected.header;
    let right = header.alg == Some(coset::Algorithm::Assigned(Algorithm::EdDSA)) && header.key_id == KEY_ID;
    if !right || Algorithm::EdDSA.to_i64() != -8 {
        return None;
    }
    signed.verify_signature(&[], |signature, message| signer.holds(message, signature).then_some(()).ok_or(())).ok()?;
    let map: Cbor = coset::cbor::de::from_reader(signed.payload.as_deref()?).ok()?;
    let fields: Vec<Cbor> = map.into_map().ok()?.into_iter().map(|(_, field)| field).collect();
    let number = |at: usize| fields.get(at)?.as_integer().and_then(|n| u64::try_from(n).ok());
    let text = |at: usize| fields.get(at)?.as_text().map(str::to_owned);
    Some(Sale {
        at: number(0)?,
        product: number(1)?,
        lot: text(2)?,
        expiry: Date::from_packed(u16::try_from(number(3)?).ok()?).ok()?,
        quantity: u32::try_from(number(4)?).ok()?,
        document: text(5)?,
        amount: number(6)?,
        operator: text(7)?,
        previous: fields.get(8)?.as_bytes()?.as_slice().try_into().ok()?,
        what: u32::try_from(number(9)?).ok()?,
        document_kind: u32::try_from(number(10)?).ok()?,
    })
}

// ----- protobuf: a message, then signature and key id

#[derive(Clone, PartialEq, Message)]
struct SaleMessage {
    #[prost(uint64, tag = "1")]
    at: u64,
    #[prost(uint64, tag = "2")]
    product: u64,
    #[prost(string, tag = "3")]
    lot: String,
    #[prost(uint32, tag = "4")]
    expiry: u32,
    #[prost(uint32, tag = "5")]
    quantity: u32,
    #[prost(string, tag = "6")]
    document: String,
    #[prost(uint64, tag = "7")]
    amount: u64,
    #[prost(string, tag = "8")]
    operator: String,
    #[prost(bytes = "vec", tag = "9")]
    previous: Vec<u8>,
    #[prost(uint32, tag = "10")]
    what: u32,
    #[prost(uint32, tag = "11")]
    document_kind: u32,
}

#[derive(Clone, PartialEq, Message)]
struct SignedMessage {
    #[prost(bytes = "vec", tag = "1")]
    payload: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    key_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "3")]
    signature: Vec<u8>,
}

/// As protobuf with a signature.
#[must_use]
pub fn protobuf(sale: &Sale, signer: &Signer) -> Vec<u8> {
    let payload = SaleMessage {
        at: sale.at,
        product: sale.product,
        lot: sale.lot.clone(),
        expiry: sale.expiry.packed().into(),
        quantity: sale.quantity,
        document: sale.document.clone(),
        amount: sale.amount,
        operator: sale.operator.clone(),
        previous: sale.previous.to_vec(),
        what: sale.what,
        document_kind: sale.document_kind,
    }
    .encode_to_vec();
    let signature = signer.key.sign(&[&KEY_ID[..], &payload].concat()).to_vec();
    SignedMessage { payload, key_id: KEY_ID.to_vec(), signature }.encode_to_vec()
}

/// Verifies and reads it.
#[must_use]
pub fn read_protobuf(bytes: &[u8], signer: &Signer) -> Option<Sale> {
    let signed = SignedMessage::decode(bytes).ok()?;
    let message = [&signed.key_id[..], &signed.payload].concat();
    if signed.key_id != KEY_ID || !signer.holds(&message, &signed.signature) {
        return None;
    }
    let m = SaleMessage::decode(&*signed.payload).ok()?;
    Some(Sale {
        at: m.at,
        product: m.product,
        lot: m.lot,
        expiry: Date::from_packed(u16::try_from(m.expiry).ok()?).ok()?,
        quantity: m.quantity,
        document: m.document,
        amount: m.amount,
        operator: m.operator,
        previous: m.previous.try_into().ok()?,
        what: m.what,
        document_kind: m.document_kind,
    })
}

// ----- EPCIS 2.0: an ObjectEvent in JSON-LD as a compact JWS

fn event(sale: &Sale) -> Value {
    let class = format!("https://id.medlot.example/reg/{}/10/{}", sale.product, sale.lot);
    json!({
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"medlot": "https://medlot.example/vocab/"}],
        "type": "ObjectEvent",
        "eventTime": Timestamp::from_unix(i64::try_from(sale.at).unwrap_or_default())
            .map(|t| t.to_string()),
        "eventTimeZoneOffset": "+07:00",
        "action": "DELETE",
        "bizStep": "retail_selling",
        "disposition": "retail_sold",
        "readPoint": {"id": "https://id.medlot.example/facility/01C55"},
        "bizLocation": {"id": "https://id.medlot.example/facility/01C55"},
        "quantityList": [{"epcClass": class, "quantity": sale.quantity}],
        "bizTransactionList": [{"type": "inv", "bizTransaction": format!("urn:medlot:document:{}", sale.document)}],
        "ilmd": {"cbvmda:lotNumber": sale.lot, "cbvmda:itemExpirationDate": sale.expiry.to_string()},
        "medlot:what": sale.what,
        "medlot:documentKind": sale.document_kind,
        "medlot:amount": sale.amount,
        "medlot:operator": sale.operator,
        "medlot:previous": BASE64URL_NOPAD.encode(&sale.previous),
    })
}

/// As EPCIS 2.0 in a compact JWS.
#[must_use]
pub fn epcis(sale: &Sale, signer: &Signer) -> String {
    let header = json!({"alg": "EdDSA", "kid": BASE64URL_NOPAD.encode(&KEY_ID)}).to_string();
    let message = format!(
        "{}.{}",
        BASE64URL_NOPAD.encode(header.as_bytes()),
        BASE64URL_NOPAD.encode(event(sale).to_string().as_bytes())
    );
    let signature = signer.key.sign(message.as_bytes());
    format!("{message}.{}", BASE64URL_NOPAD.encode(&signature))
}

/// Verifies and reads it.
#[must_use]
pub fn read_epcis(text: &str, signer: &Signer) -> Option<Sale> {
    let (message, signature) = text.rsplit_once('.')?;
    let (header, payload) = message.split_once('.')?;
    let decode = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).ok();
    let header: Value = serde_json::from_slice(&decode(header)?).ok()?;
    let known = header["alg"] == "EdDSA" && header["kid"] == BASE64URL_NOPAD.encode(&KEY_ID);
    if !known || !signer.holds(message.as_bytes(), &decode(signature)?) {
        return None;
    }
    let event: Value = serde_json::from_slice(&decode(payload)?).ok()?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let class = text(&event["quantityList"][0]["epcClass"])?;
    let document = text(&event["bizTransactionList"][0]["bizTransaction"])?;
    let at = Timestamp::parse(event["eventTime"].as_str()?).ok()?;
    Some(Sale {
        at: u64::try_from(at.to_unix()).ok()?,
        product: class.split('/').nth(4)?.parse().ok()?,
        lot: text(&event["ilmd"]["cbvmda:lotNumber"])?,
        expiry: Date::parse(event["ilmd"]["cbvmda:itemExpirationDate"].as_str()?).ok()?,
        quantity: u32::try_from(event["quantityList"][0]["quantity"].as_u64()?).ok()?,
        document: document.rsplit_once(':')?.1.to_owned(),
        what: u32::try_from(event["medlot:what"].as_u64()?).ok()?,
        document_kind: u32::try_from(event["medlot:documentKind"].as_u64()?).ok()?,
        amount: event["medlot:amount"].as_u64()?,
        operator: text(&event["medlot:operator"])?,
        previous: decode(event["medlot:previous"].as_str()?)?.try_into().ok()?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn each_peer_says_the_same_facts_and_refuses_a_flipped_byte() {
        let (sale, signer) = (Sale::sample().unwrap(), Signer::new().unwrap());
        let (cose, protobuf, epcis) = (cose(&sale, &signer), protobuf(&sale, &signer), epcis(&sale, &signer));
        assert_eq!(read_cose(&cose, &signer).as_ref(), Some(&sale));
        assert_eq!(read_protobuf(&protobuf, &signer).as_ref(), Some(&sale));
        assert_eq!(read_epcis(&epcis, &signer).as_ref(), Some(&sale));
        for (name, bytes) in [("cose", &cose), ("protobuf", &protobuf)] {
            for at in 0..bytes.len() {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1;
                let read = if name == "cose" { read_cose(&flipped, &signer) } else { read_protobuf(&flipped, &signer) };
                assert_eq!(read, None, "{name}, byte {at}");
            }
        }
        for at in 0..epcis.len() {
            let mut flipped = epcis.clone().into_bytes();
            flipped[at] ^= 1;
            assert_eq!(String::from_utf8(flipped).ok().and_then(|t| read_epcis(&t, &signer)), None, "epcis, byte {at}");
        }
    }

    #[test]
    fn the_peers_are_as_small_as_they_were_measured_elsewhere() {
        let (sale, signer) = (Sale::sample().unwrap(), Signer::new().unwrap());
        assert!((150..=230).contains(&cose(&sale, &signer).len()), "{}", cose(&sale, &signer).len());
        assert!((150..=230).contains(&protobuf(&sale, &signer).len()), "{}", protobuf(&sale, &signer).len());
        assert!((900..=1_300).contains(&epcis(&sale, &signer).len()), "{}", epcis(&sale, &signer).len());
    }
}
