//! The serialised form of single values: texts, numbers and words of a fixed list.

use super::FormatError;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::sync::Arc;
use wcc_core::Method;
use wcc_core::indicator::SeriesRole;
use wcc_core::ledger::FileFormat;
use wcc_core::outcome::{Better, OutcomeScope};
use wcc_core::record::{
    ActionState, CarriedKind, ConsequenceKind, CriterionKind, EvidenceKind, Horizon, OriginKind,
    StatedPosition, StatementKind, SupportState,
};

pub(super) type Text<'a> = Cow<'a, str>;

/// A value of the core that has a serialised form.
pub(super) trait Field: Sized {
    /// The serialised form, which borrows from the value.
    type Form<'a>
    where
        Self: 'a;

    /// Converts the value to its serialised form.
    fn form(&self) -> Self::Form<'_>;

    /// Converts a serialised form back to the value. Errors name `field`.
    fn read(form: Self::Form<'_>, field: &'static str) -> Result<Self, FormatError>;
}

/// A form that is omitted if it is empty.
pub(super) trait Absent {
    fn is_absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl Absent for bool {
    fn is_absent(&self) -> bool {
        !self
    }
}

impl Absent for FileFormatNumber {
    fn is_absent(&self) -> bool {
        *self == FileFormatNumber::default()
    }
}

impl Field for Box<str> {
    type Form<'a> = Text<'a>;

    fn form(&self) -> Text<'_> {
        Cow::Borrowed(self)
    }

    fn read(form: Text<'_>, _: &'static str) -> Result<Box<str>, FormatError> {
        Ok(form.into())
    }
}

impl<T: Field> Field for Arc<T> {
    type Form<'a>
        = T::Form<'a>
    where
        T: 'a;

    fn form(&self) -> Self::Form<'_> {
        T::form(self)
    }

    fn read(form: Self::Form<'_>, field: &'static str) -> Result<Arc<T>, FormatError> {
        T::read(form, field).map(Arc::new)
    }
}

impl<T: Field> Field for Arc<[T]> {
    type Form<'a>
        = Vec<T::Form<'a>>
    where
        T: 'a;

    fn form(&self) -> Self::Form<'_> {
        self.iter().map(T::form).collect()
    }

    fn read(form: Self::Form<'_>, field: &'static str) -> Result<Arc<[T]>, FormatError> {
        form.into_iter().map(|form| T::read(form, field)).collect()
    }
}

impl<T: Field> Field for Option<T> {
    type Form<'a>
        = Option<T::Form<'a>>
    where
        T: 'a;

    fn form(&self) -> Self::Form<'_> {
        self.as_ref().map(T::form)
    }

    fn read(form: Self::Form<'_>, field: &'static str) -> Result<Option<T>, FormatError> {
        form.map(|form| T::read(form, field)).transpose()
    }
}

impl<T: Field> Field for Vec<T> {
    type Form<'a>
        = Vec<T::Form<'a>>
    where
        T: 'a;

    fn form(&self) -> Self::Form<'_> {
        self.iter().map(T::form).collect()
    }

    fn read(form: Self::Form<'_>, field: &'static str) -> Result<Vec<T>, FormatError> {
        form.into_iter().map(|form| T::read(form, field)).collect()
    }
}

/// Values that serialise directly to JSON.
macro_rules! plain {
    ($($type:ty),*) => {$(
        impl Field for $type {
            type Form<'a> = $type;

            fn form(&self) -> $type {
                *self
            }

            fn read(form: $type, _: &'static str) -> Result<$type, FormatError> {
                Ok(form)
            }
        }
    )*};
}
plain!(bool, u8, u16, u32, i16, Date, Time);

/// A finite number. The JSON library would write NaN and infinity as `null`.
#[derive(Clone, Copy, Deserialize)]
#[serde(transparent)]
pub(super) struct Number(f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() {
            return to.serialize_f64(self.0);
        }
        let message = format!("`{}` cannot be written: expected a number", self.0);
        Err(serde::ser::Error::custom(message))
    }
}

impl Field for f64 {
    type Form<'a> = Number;

    fn form(&self) -> Number {
        Number(*self)
    }

    fn read(form: Number, _: &'static str) -> Result<f64, FormatError> {
        Ok(form.0)
    }
}

/// The format of a text. The first format is omitted, as in entries of format 1, which had no
/// other.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct FileFormatNumber(u16);

impl Default for FileFormatNumber {
    fn default() -> FileFormatNumber {
        FileFormat::FIRST.form()
    }
}

impl Field for FileFormat {
    type Form<'a> = FileFormatNumber;

    fn form(&self) -> FileFormatNumber {
        FileFormatNumber(self.0)
    }

    fn read(form: FileFormatNumber, _: &'static str) -> Result<FileFormat, FormatError> {
        Ok(FileFormat(form.0))
    }
}

/// Values that serialise as one word of a fixed list.
macro_rules! words {
    ($($type:ident of $all:expr, $expected:literal;)*) => {$(
        impl Field for $type {
            type Form<'a> = Text<'a>;

            fn form(&self) -> Text<'_> {
                Cow::Borrowed(self.name())
            }

            fn read(form: Text<'_>, field: &'static str) -> Result<$type, FormatError> {
                let known = $all.into_iter().find(|value| value.name() == form);
                known.ok_or_else(|| FormatError::Value {
                    field,
                    given: form.into_owned(),
                    expected: $expected,
                })
            }
        }
    )*};
}
words! {
    Method of Method::ALL, "previous, self, analyst, panel or calibrated";
    EvidenceKind of EvidenceKind::ALL, "document, survey, metric, external-rating or panel-day";
    CriterionKind of CriterionKind::ALL, "criterion or metric";
    StatementKind of StatementKind::ALL,
        "met-self-assessment, improved-on-last-year, outcomes-in-bottom-quartile or outcomes-slipped";
    Better of [Better::Higher, Better::Lower], "higher or lower";
    OutcomeScope of [OutcomeScope::National, OutcomeScope::Local], "national or local";
    SeriesRole of SeriesRole::ALL, "own, target, national, peers or top-decile";
    ActionState of ActionState::ALL, "not-started, started, done or stopped";
    Horizon of Horizon::ALL, "short, medium or long";
    SupportState of SupportState::ALL, "proposed, chosen, declined or given";
    ConsequenceKind of ConsequenceKind::ALL, "incentive or consequence";
    CarriedKind of CarriedKind::ALL, "own-judgement, criterion, lead, recommendation or action";
    OriginKind of OriginKind::ALL, "recommendation, area-for-development, earlier-review or gap";
}

impl Field for StatedPosition {
    type Form<'a> = Text<'a>;

    fn form(&self) -> Text<'_> {
        Cow::Borrowed(self.name())
    }

    fn read(form: Text<'_>, _: &'static str) -> Result<StatedPosition, FormatError> {
        Ok(StatedPosition::from_name(&form))
    }
}
