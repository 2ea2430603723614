//! The one error of every call.
use super::views::vietnamese;
use crate::error::{Error, Kind};
use crate::words;
use std::fmt;

/// What calls of the façade give.
pub type Answer<T> = Result<T, Failure>;

macro_rules! failure {
    ($($(#[$doc:meta])* $kind:ident = $word:literal,)*) => {
        /// What went wrong. Each has the stable number and name of `spec/error-codes.md`, what happened with its values and
        /// the way out in English, a sentence for a pharmacist in Vietnamese, and the field that it concerns, where it is one.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[cfg_attr(feature = "uniffi", derive(uniffi::Error))]
        pub enum Failure { $(
            $(#[$doc])*
            $kind {
                /// The stable number.
                code: u16,
                /// The stable name.
                name: String,
                /// What happened and what to do, in English.
                english: String,
                /// What happened and what to do, in Vietnamese.
                vietnamese: String,
                /// The field concerned.
                field: Option<String>,
            },
        )* }

        impl Failure {
            /// The stable number.
            #[must_use]
            pub const fn code(&self) -> u16 {
                match self { $(Self::$kind { code, .. })|* => *code }
            }
            /// The stable name.
            #[must_use]
            pub fn name(&self) -> &str {
                match self { $(Self::$kind { name, .. })|* => name }
            }
            /// What happened and what to do, in English.
            #[must_use]
            pub fn english(&self) -> &str {
                match self { $(Self::$kind { english, .. })|* => english }
            }
            /// What happened and what to do, in Vietnamese.
            #[must_use]
            pub fn vietnamese(&self) -> &str {
                match self { $(Self::$kind { vietnamese, .. })|* => vietnamese }
            }
            /// The field concerned.
            #[must_use]
            pub fn field(&self) -> Option<&str> {
                match self { $(Self::$kind { field, .. })|* => field.as_deref() }
            }
            /// How grave it is: `invalid`, `unknown`, `usage` or `refused`.
            #[must_use]
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$kind { .. } => $word,)* }
            }
        }

        impl From<Error> for Failure {
            fn from(e: Error) -> Self {
                let Error { kind, code, name, message: english } = e;
                let vietnamese = vietnamese(code);
                let (name, field) = (name.to_owned(), words::field(code).map(str::to_owned));
                match kind {
                    $(Kind::$kind => Self::$kind { code, name, english, vietnamese, field },)*
                }
            }
        }
    };
}

failure! {
    /// The bytes are wrong: nobody will ever take them.
    Invalid = "invalid",
    /// They may be right, but what would decide isn't here.
    Unknown = "unknown",
    /// An argument, a file, the folder.
    Usage = "usage",
    /// A rule forbids it.
    Refused = "refused",
}

impl Failure {
    /// An argument that can't be; names it. Code 4001.
    pub(crate) fn argument(message: &str) -> Self {
        Error::argument(message).into()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, {})", self.english(), self.code(), self.name())
    }
}

impl std::error::Error for Failure {}

/// In JavaScript an `Error` of the name `MedlotError` with the properties `kind`, `code`, `codeName`, `vietnamese`, `field`;
/// its `message` is English.
#[cfg(all(feature = "wasm", target_arch = "wasm32"))]
impl From<Failure> for wasm_bindgen::JsValue {
    fn from(e: Failure) -> Self {
        let error = js_sys::Error::new(e.english());
        error.set_name("MedlotError");
        let put = |key: &str, value: Self| {
            // An own new object takes any property.
            let _ = js_sys::Reflect::set(&error, &key.into(), &value);
        };
        put("kind", e.kind().into());
        put("code", e.code().into());
        put("codeName", e.name().into());
        put("vietnamese", e.vietnamese().into());
        put("field", e.field().map_or(Self::UNDEFINED, Self::from));
        error.into()
    }
}
