//! A column as text, whatever its type: what a CSV file of the same table would hold.

use std::fmt::Write;

use arrow_array::{
    Array, BooleanArray, Date32Array, Date64Array, LargeStringArray, RecordBatch, StringArray,
    StringViewArray,
    cast::AsArray,
    types::{
        ArrowPrimitiveType, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
        TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
        UInt32Type, UInt64Type,
    },
};
use arrow_schema::{DataType, TimeUnit};

use crate::Error;

/// A column whose rows are texts.
#[derive(Clone)]
pub struct Text(Kind);

#[derive(Clone)]
enum Kind {
    Utf8(StringArray),
    Large(LargeStringArray),
    View(StringViewArray),
    /// Each row's place among the texts, and the texts; a null is no place.
    Coded(Vec<Option<u32>>, Box<Text>),
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Text")
    }
}

impl Text {
    /// The text of a row; empty for a null and past the last row.
    #[must_use]
    pub fn get(&self, row: usize) -> &str {
        fn value<'t, A: Array>(array: &'t A, row: usize, value: impl Fn(&'t A, usize) -> &'t str) -> &'t str {
            if row < array.len() && array.is_valid(row) { value(array, row) } else { "" }
        }
        match &self.0 {
            Kind::Utf8(array) => value(array, row, StringArray::value),
            Kind::Large(array) => value(array, row, LargeStringArray::value),
            Kind::View(array) => value(array, row, StringViewArray::value),
            Kind::Coded(places, texts) => {
                places.get(row).copied().flatten().map_or("", |place| texts.get(place as usize))
            }
        }
    }

    /// A column as text; `name` is what errors call it.
    fn of(name: &str, array: &dyn Array) -> Result<Self, Error> {
        let kind = match array.data_type() {
            DataType::Utf8 => Kind::Utf8(array.as_string().clone()),
            DataType::LargeUtf8 => Kind::Large(array.as_string().clone()),
            DataType::Utf8View => Kind::View(array.as_string_view().clone()),
            DataType::Int8 => Self::numbers::<Int8Type>(array),
            DataType::Int16 => Self::numbers::<Int16Type>(array),
            DataType::Int32 => Self::numbers::<Int32Type>(array),
            DataType::Int64 => Self::numbers::<Int64Type>(array),
            DataType::UInt8 => Self::numbers::<UInt8Type>(array),
            DataType::UInt16 => Self::numbers::<UInt16Type>(array),
            DataType::UInt32 => Self::numbers::<UInt32Type>(array),
            DataType::UInt64 => Self::numbers::<UInt64Type>(array),
            DataType::Boolean => {
                let array: &BooleanArray = array.as_boolean();
                Self::written(array.iter(), |text, yes| text.write_char(if yes { '1' } else { '0' }))
            }
            DataType::Date32 => {
                let days = array.as_any().downcast_ref::<Date32Array>().into_iter().flatten();
                Self::written(days, |text, days| write_day(text, days.into()))
            }
            DataType::Date64 => {
                let times = array.as_any().downcast_ref::<Date64Array>().into_iter().flatten();
                Self::written(times, |text, time| write_day(text, time.div_euclid(86_400_000)))
            }
            // A day that a data frame keeps as a moment; where clocks have zones it may be another day.
            DataType::Timestamp(unit, None) => match unit {
                TimeUnit::Second => Self::moments::<TimestampSecondType>(array, 86_400),
                TimeUnit::Millisecond => Self::moments::<TimestampMillisecondType>(array, 86_400_000),
                TimeUnit::Microsecond => Self::moments::<TimestampMicrosecondType>(array, 86_400_000_000),
                TimeUnit::Nanosecond => Self::moments::<TimestampNanosecondType>(array, 86_400_000_000_000),
            },
            DataType::Null => Self::written(std::iter::repeat_n(None::<u8>, array.len()), |_, _| Ok(())),
            DataType::Dictionary(_, _) => {
                let Some(coded) = array.as_any_dictionary_opt() else { return Err(unread(name, array)) };
                // Of no texts at all there are only nulls, which have no place.
                let places =
                    if coded.values().is_empty() { vec![0; coded.len()] } else { coded.normalized_keys() };
                let place = |(row, place): (usize, usize)| {
                    coded.keys().is_valid(row).then_some(place).and_then(|place| u32::try_from(place).ok())
                };
                let places = places.into_iter().enumerate().map(place).collect();
                Kind::Coded(places, Box::new(Self::of(name, coded.values())?))
            }
            _ => return Err(unread(name, array)),
        };
        Ok(Self(kind))
    }

    fn numbers<T: ArrowPrimitiveType>(array: &dyn Array) -> Kind
    where
        T::Native: std::fmt::Display,
    {
        Self::written(array.as_primitive::<T>().iter(), |text, number| write!(text, "{number}"))
    }

    fn moments<T: ArrowPrimitiveType<Native = i64>>(array: &dyn Array, in_a_day: i64) -> Kind {
        let moments = array.as_primitive::<T>().iter();
        Self::written(moments, |text, moment| write_day(text, moment.div_euclid(in_a_day)))
    }

    fn written<V>(
        values: impl Iterator<Item = Option<V>>,
        write: impl Fn(&mut String, V) -> std::fmt::Result,
    ) -> Kind {
        let text = |value: Option<V>| {
            let mut text = String::new();
            // A string has room for whatever is written.
            value.map(|value| write(&mut text, value).map(|()| text)).and_then(Result::ok)
        };
        Kind::Utf8(values.map(text).collect())
    }
}

fn unread(name: &str, array: &dyn Array) -> Error {
    Error::Column { name: name.to_owned(), kind: array.data_type().to_string() }
}

/// All columns of a batch as text, in its order; those for which `wanted` is false come out as `None`.
///
/// # Errors
/// [`Error::Column`] for a wanted column whose values have no text of their own.
pub fn texts(batch: &RecordBatch, wanted: impl Fn(usize) -> bool) -> Result<Vec<Option<Text>>, Error> {
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns()).enumerate();
    let text = columns.map(|(place, (field, array))| {
        wanted(place).then(|| Text::of(field.name(), array.as_ref())).transpose()
    });
    text.collect()
}

/// A day, counted from 1970-01-01, as `1985-01-31` (the civil calendar, reckoned from 0000-03-01, a year's first day
/// where leap days come last).
fn write_day(text: &mut String, days: i64) -> std::fmt::Result {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    write!(text, "{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{
        ArrayRef, DictionaryArray, Float64Array, Int64Array, NullArray, TimestampNanosecondArray,
        types::Int32Type as Code,
    };

    use super::*;

    #[test]
    fn columns_read_as_a_csv_of_them_would() {
        let coded: DictionaryArray<Code> = [Some("男"), None, Some("女")].into_iter().collect();
        let empty: DictionaryArray<Code> = [None::<&str>, None, None].into_iter().collect();
        let cases: [(ArrayRef, [&str; 3]); 10] = [
            (Arc::new(StringArray::from(vec![Some("山"), None, Some("")])), ["山", "", ""]),
            (Arc::new(LargeStringArray::from(vec![Some("山"), None, Some("")])), ["山", "", ""]),
            (Arc::new(StringViewArray::from(vec![Some("山"), None, Some("")])), ["山", "", ""]),
            (Arc::new(coded), ["男", "", "女"]),
            (Arc::new(empty), ["", "", ""]),
            (
                Arc::new(Int64Array::from(vec![Some(123_456_789_012), None, Some(-1)])),
                ["123456789012", "", "-1"],
            ),
            (Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])), ["1", "", "0"]),
            (
                Arc::new(Date32Array::from(vec![Some(0), Some(-1), Some(19_782)])),
                ["1970-01-01", "1969-12-31", "2024-02-29"],
            ),
            (
                Arc::new(TimestampNanosecondArray::from(vec![Some(-1), None, Some(i64::MAX)])),
                ["1969-12-31", "", "2262-04-11"],
            ),
            (Arc::new(NullArray::new(3)), ["", "", ""]),
        ];
        for (array, expected) in cases {
            let text = Text::of("a", array.as_ref()).unwrap();
            assert_eq!([0, 1, 2].map(|row| text.get(row)), expected, "{}", array.data_type());
            assert_eq!(text.get(3), "");
        }
        let error = Text::of("a", &Float64Array::from(vec![1.5])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the column a holds Float64, which is not read; make it text, a whole number or a date"
        );
    }
}
