//! Two persons to comparison levels, one ordered level per attribute. Knows nothing of probabilities.

pub mod name;
pub mod birth_date;
pub mod sex;
