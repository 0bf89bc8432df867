//! Two sexes to one level. A missing one neither agrees nor differs (R4).

use serde::{Deserialize, Serialize};

use crate::normalize::sex::Sex;

/// How two sexes compare, best first; `Unknown` stands apart, after the others.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[repr(u8)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "a model has a weight for every level")]
pub enum SexLevel {
    /// The same.
    Equal,
    /// Not the same.
    Different,
    /// At least one is not known, or not held by its scheme.
    Unknown,
}

impl SexLevel {
    /// Every level, in order.
    pub const ALL: [Self; 3] = [Self::Equal, Self::Different, Self::Unknown];

    /// The stable name, for model files and reasons.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Different => "different",
            Self::Unknown => "unknown",
        }
    }
}

/// Compares two sexes; symmetric.
///
/// ```
/// use himozuke::{compare::sex::{SexLevel, compare}, normalize::sex::Sex};
/// assert_eq!(compare(Some(Sex::Female), Some(Sex::Female)), SexLevel::Equal);
/// assert_eq!(compare(Some(Sex::Female), Some(Sex::Male)), SexLevel::Different);
/// assert_eq!(compare(None, Some(Sex::Male)), SexLevel::Unknown);
/// ```
#[must_use]
pub fn compare(a: Option<Sex>, b: Option<Sex>) -> SexLevel {
    match a.zip(b) {
        None => SexLevel::Unknown,
        Some((a, b)) if a == b => SexLevel::Equal,
        Some(_) => SexLevel::Different,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_symmetric_and_an_unknown_is_no_agreement() {
        let all = [None, Some(Sex::Male), Some(Sex::Female)];
        for a in all {
            for b in all {
                assert_eq!(compare(a, b), compare(b, a));
                assert_eq!(compare(a, b) == SexLevel::Unknown, a.is_none() || b.is_none());
                assert_eq!(compare(a, b) == SexLevel::Equal, a.is_some() && a == b);
            }
        }
    }

    #[test]
    fn codes_are_the_serialised_names() {
        for level in SexLevel::ALL {
            assert_eq!(serde_json::to_value(level).unwrap(), level.code());
        }
    }
}
