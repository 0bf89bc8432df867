//! Two persons to comparison levels, one ordered level per attribute. Knows nothing of probabilities.

pub mod address;
