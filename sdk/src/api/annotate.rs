//! The annotations, written once: what a type is called in each language and how it crosses.
use super::Answer;
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
use super::Failure;

/// A value as it crosses into JavaScript: there a plain object with typed fields; elsewhere the value itself.
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
pub type Js<T> = tsify::Ts<T>;
/// A value as it crosses into JavaScript: there a plain object with typed fields; elsewhere the value itself.
#[cfg(not(all(feature = "wasm", target_arch = "wasm32")))]
pub type Js<T> = T;

/// Takes what came from the other language.
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
pub(crate) fn take<T>(value: Js<T>) -> Answer<T>
where
    T: tsify::Tsify + serde::de::DeserializeOwned,
    T::JsType: Clone,
{
    value.to_rust().map_err(|e| Failure::argument(&format!("the object that was given: {e}")))
}

/// Takes what came from the other language.
#[cfg(not(all(feature = "wasm", target_arch = "wasm32")))]
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn take<T>(value: Js<T>) -> Answer<T> {
    Ok(value)
}

#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
#[wasm_bindgen::prelude::wasm_bindgen(module = "/src/api/unpack.js")]
extern "C" {
    fn unpack(text: &[u8], kept: js_sys::Array) -> wasm_bindgen::JsValue;
}

/// Gives to the other language.
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
#[allow(clippy::needless_pass_by_value)]
pub(crate) fn give<T>(value: T) -> Answer<Js<T>>
where
    T: tsify::Tsify + serde::Serialize,
{
    let kept = js_sys::Array::new();
    let text = super::packed::pack(&value, &mut |bytes| {
        kept.push(&js_sys::Uint8Array::from(bytes));
    });
    let text = text.map_err(|e| Failure::argument(&format!("the answer: {e}")))?;
    Ok(tsify::Ts::new_unchecked(unpack(&text, kept)))
}

/// Gives to the other language.
#[cfg(not(all(feature = "wasm", target_arch = "wasm32")))]
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn give<T>(value: T) -> Answer<Js<T>> {
    Ok(value)
}

/// What is answered: a struct with public fields. It is read from the JSON of `spec/json/`, whose keys its fields are.
macro_rules! view {
    ($(#[$meta:meta])* $name:ident { $($(#[$inner:meta])* $field:ident: $type:ty,)* }) => {
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
        #[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), derive(tsify::Tsify), tsify(hashmap_as_object))]
        $(#[$meta])*
        #[serde(rename_all(serialize = "camelCase"))]
        pub struct $name { $($(#[$inner])* pub $field: $type,)* }
    };
}

/// What is given: a struct with public fields, each of which may be left out.
macro_rules! input {
    ($(#[$meta:meta])* $name:ident { $($(#[$inner:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
        #[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), derive(tsify::Tsify))]
        #[serde(rename_all = "camelCase", default, deny_unknown_fields)]
        pub struct $name { $(
            $(#[$inner])*
            #[cfg_attr(feature = "uniffi", uniffi(default))]
            pub $field: $type,
        )* }
    };
}
