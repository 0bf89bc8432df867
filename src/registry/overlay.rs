//! Changes laid over a registry: residents who came, changed or went since it was built, without building it again. Knows two
//! layers; nothing of how either is searched.

use rustc_hash::FxHashSet;

use super::layer::Layer;
use super::{Registry, RegistryBuilder, RegistryError};

/// What changed since the base was built.
pub(super) struct Changes {
    /// Residents who came, and changed ones as they are now.
    pub(super) layer: Layer,
    /// Rows of the base of those who went or changed, in order.
    pub(super) gone: Vec<u32>,
}

impl Changes {
    pub(super) fn is_gone(&self, row: u32) -> bool {
        self.gone.binary_search(&row).is_ok()
    }

    /// Takes away whom the base no longer has, and adds whom `find` adds of the changes.
    pub(super) fn find(
        &self,
        base: u32,
        out: &mut Vec<u32>,
        find: impl Fn(&Layer, &mut Vec<u32>) -> bool,
    ) -> bool {
        out.retain(|row| !self.is_gone(*row));
        let from = out.len();
        let complete = find(&self.layer, out);
        out.iter_mut().skip(from).for_each(|row| *row += base);
        complete
    }

    pub(super) fn find_id(&self, base: u32, id: &str) -> Option<u32> {
        Some(base + self.layer.ids.find(id)?)
    }
}

impl Registry {
    /// Lays a day's changes over the registry: the residents of `changed` are added, or take the place of those with their
    /// ids, and those of the ids `removed` are no more. An id that nobody has removes nobody. The registry itself, which
    /// may be a file that other processes share, stays as it is; a change laid over changes takes them up.
    ///
    /// How common names are, and how many residents there are for [`crate::Model`], stays as it was when the registry was
    /// built: a day moves neither. [`Registry::merged`] counts again.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] if two of the changed residents share an id, or there are too many.
    ///
    /// ```
    /// use himozuke::{Record, Registry};
    /// let row = |id, kanji_name| Record { id, kanji_name, birth_date: "1985-01-01", ..Record::default() };
    /// let yesterday = Registry::builder().persons([row("p1", "山田 太郎"), row("p2", "鈴木 一郎")])?.build()?;
    /// let changed = Registry::builder().persons([row("p1", "田中 太郎"), row("p3", "佐藤 花子")])?;
    /// let today = yesterday.with_changes(changed, ["p2"])?;
    /// assert_eq!(today.len(), 2);
    /// assert!(today.find("p2").is_none() && today.find("p3").is_some());
    /// assert_eq!(today.merged()?.len(), 2);
    /// # Ok::<(), himozuke::RegistryError>(())
    /// ```
    pub fn with_changes<'i>(
        self,
        changed: RegistryBuilder,
        removed: impl IntoIterator<Item = &'i str>,
    ) -> Result<Self, RegistryError> {
        let removed: FxHashSet<&str> = removed.into_iter().collect();
        let Self { base, changes } = self;
        let mut builder = changed;
        let mut gone = changes.as_ref().map(|changes| changes.gone.clone()).unwrap_or_default();
        gone.extend(removed.iter().filter_map(|id| base.ids.find(id)));
        gone.extend(builder.ids().filter_map(|id| base.ids.find(id)));
        // What was changed before stays changed, unless it is again.
        if let Some(Changes { layer, .. }) = &changes {
            let again: FxHashSet<String> = builder.ids().map(str::to_owned).collect();
            for row in 0..layer.rows() {
                let id = layer.ids.get(row);
                if !again.contains(id) && !removed.contains(id) {
                    let person = layer.columns.person(row).ok_or(RegistryError::TooLarge)?;
                    builder.file(id, person).ok_or(RegistryError::TooLarge)?;
                }
            }
        }
        gone.sort_unstable();
        gone.dedup();
        let layer = builder.build()?.base;
        let rows = base.rows().checked_add(layer.rows());
        rows.filter(|rows| *rows < u32::MAX).ok_or(RegistryError::TooLarge)?;
        Ok(Self { base, changes: Some(Changes { layer, gone }) })
    }

    /// One registry of everybody, as if it had been built of today's residents: those of the base in their order, then those
    /// who came or changed.
    ///
    /// # Errors
    ///
    /// [`RegistryError::TooLarge`].
    pub fn merged(&self) -> Result<Self, RegistryError> {
        self.refiled()?.build()
    }

    /// A builder that has taken everybody in.
    pub(super) fn refiled(&self) -> Result<RegistryBuilder, RegistryError> {
        let mut builder = Self::builder();
        for resident in self.everybody() {
            let person = self.person(resident).ok_or(RegistryError::TooLarge)?;
            builder.file(self.id(resident), person).ok_or(RegistryError::TooLarge)?;
        }
        Ok(builder)
    }
}
