//! What a trained model is kept as: figures, what they were made from in counts, and by what tables. No attribute of
//! anybody, nor a hash of one.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Fingerprint, Trained, Warning};
use crate::model::{Parameters, ParametersError, national};

/// The version of the layout of [`ModelFile`].
pub const FORMAT_VERSION: u32 = 1;

/// A trained model as it is kept, in JSON by the command.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ModelFile {
    /// [`FORMAT_VERSION`] of who wrote it.
    pub himozuke_model: u32,
    /// The version of himozuke that trained it.
    pub himozuke: String,
    /// The shipped frequencies that it was trained beside: a checksum of public tables.
    pub tables: String,
    /// What the data was like.
    pub data: Fingerprint,
    /// What was noticed.
    pub warnings: Vec<Warning>,
    /// The probabilities.
    pub parameters: Parameters,
}

/// Why a model file cannot be used.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum ModelFileError {
    /// Another layout.
    #[error("the model is of layout {0}, and this version reads layout {FORMAT_VERSION}; train it again")]
    Format(u32),
    /// A figure is out of its range.
    #[error(transparent)]
    Parameters(#[from] ParametersError),
}

impl ModelFileError {
    /// The problem and its mend in Japanese.
    #[must_use]
    pub fn ja(self) -> String {
        match self {
            Self::Format(format) => format!(
                "モデルの様式は{format}で、この版が読める様式は{FORMAT_VERSION}です。学習し直してください"
            ),
            Self::Parameters(error) => error.ja(),
        }
    }
}

impl ModelFile {
    /// What training made, ready to be kept.
    #[must_use]
    pub fn of(trained: Trained) -> Self {
        let Trained { parameters, fingerprint, warnings } = trained;
        Self {
            himozuke_model: FORMAT_VERSION,
            himozuke: env!("CARGO_PKG_VERSION").to_owned(),
            tables: tables(),
            data: fingerprint,
            warnings,
            parameters,
        }
    }

    /// Probabilities that were learnt elsewhere, ready to be kept; nothing is known of the data.
    #[must_use]
    pub fn imported(parameters: Parameters) -> Self {
        Self::of(Trained { parameters, fingerprint: Fingerprint::default(), warnings: Vec::new() })
    }

    /// Whether it was trained beside the tables that this version ships. With others it is still valid, but values may be
    /// commoner or rarer than it was trained to think.
    #[must_use]
    pub fn is_of_these_tables(&self) -> bool {
        self.tables == tables()
    }

    /// The probabilities, checked.
    ///
    /// # Errors
    ///
    /// [`ModelFileError`] if the layout is another one or a figure is out of its range.
    pub fn parameters(&self) -> Result<Parameters, ModelFileError> {
        if self.himozuke_model != FORMAT_VERSION {
            return Err(ModelFileError::Format(self.himozuke_model));
        }
        self.parameters.validate()?;
        Ok(self.parameters.clone())
    }
}

fn tables() -> String {
    format!("{:016x}", national::checksum())
}
