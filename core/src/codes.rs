//! Stable numbers and names of errors (`spec/error-codes.md`): what programs rely on, whatever the words say.

/// Gives an error its numbers and names; `from` passes on those of an error inside it.
macro_rules! codes {
    ($type:ty { $($pattern:pat => $code:literal, $name:literal;)* } $(from { $($inner:pat => $e:ident;)* })?) => {
        impl $type {
            /// Every number and name of its own, in order (`spec/error-codes.md`).
            pub const CODES: &'static [(u16, &'static str)] = &[$(($code, $name)),*];

            /// The stable number.
            #[must_use]
            pub const fn code(&self) -> u16 {
                match self { $($pattern => $code,)* $($($inner => $e.code(),)*)? }
            }

            /// The stable name.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $($pattern => $name,)* $($($inner => $e.name(),)*)? }
            }
        }
    };
}

pub(crate) use codes;
