//! What is known of a synthetic record besides its truth: whom it is about and what happened to it.

use std::fmt;

/// Declares [`Tag`] with its names, so that no list can fall out of step.
macro_rules! tags {
    ($($(#[$doc:meta])* $variant:ident $name:literal),* $(,)?) => {
        /// A fact about a synthetic record, to tell which kinds of record a linker gets wrong.
        ///
        /// ```
        /// use himozuke::synth::Tag;
        /// assert_eq!(Tag::OldAddress.name(), "old_address");
        /// ```
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum Tag {
            $($(#[$doc])* $variant),*
        }

        impl Tag {
            /// Every tag, in order.
            pub const ALL: &[Tag] = &[$(Tag::$variant),*];

            /// The tag in snake_case, as files hold it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Tag::$variant => $name),* }
            }

            /// Whether the tag says that the registry does not hold the person meant.
            #[must_use]
            pub const fn is_outsider(self) -> bool {
                use Tag::{Relative, Stranger, UnregisteredHomophone, UnregisteredNamesake, UnregisteredTwin};
                matches!(self, Relative | Stranger | UnregisteredHomophone | UnregisteredNamesake | UnregisteredTwin)
            }
        }
    };
}

tags! {
    /// The resident has died.
    Dead "dead",
    /// The resident has moved out.
    MovedOut "moved_out",
    /// The resident's address is protected.
    Protected "protected",
    /// About a foreign resident.
    Foreign "foreign",
    /// Somebody else in the registry was made with the same name and birth date.
    RegisteredNamesake "registered_namesake",
    /// The same, alike in kana only.
    RegisteredHomophone "registered_homophone",
    /// The other twin is registered.
    RegisteredTwin "registered_twin",
    /// Nobody in the registry is meant.
    Stranger "stranger",
    /// An unregistered person of a resident's family name and address.
    Relative "relative",
    /// An unregistered person with a resident's name and birth date.
    UnregisteredNamesake "unregistered_namesake",
    /// The same, alike in kana only.
    UnregisteredHomophone "unregistered_homophone",
    /// An unregistered twin of a resident.
    UnregisteredTwin "unregistered_twin",
    /// All that the record states is true, notation aside, of a registered person who is not its truth: linking it can only be luck.
    Undecidable "undecidable",
    /// Kana in half width.
    HalfWidthKana "half_width_kana",
    /// Kana in hiragana.
    Hiragana "hiragana",
    /// Kana as banks write them: half width, large, without long vowel marks (DOMAIN 4.1).
    BankKana "bank_kana",
    /// Small kana written large: キヨウコ for キョウコ.
    LargeKana "large_kana",
    /// ヅ for ズ, ヂ for ジ, or the reverse.
    DuZu "du_zu",
    /// A long vowel as ー: ユーコ for ユウコ.
    LongVowel "long_vowel",
    /// No space between 氏 and 名.
    SpaceRemoved "space_removed",
    /// Another or a further space between 氏 and 名.
    SpaceChanged "space_changed",
    /// Old and new forms of kanji exchanged: 高 for 髙, or the reverse.
    KanjiForm "kanji_form",
    /// A character lost to ● (only where the kana are there).
    Gaiji "gaiji",
    /// Birth date in a Japanese year: 昭和60年1月1日, S60.1.1.
    DateEra "date_era",
    /// Birth date in another western form: 19600101, 1960/1/1.
    DateWestern "date_western",
    /// Birth date in full width.
    DateWide "date_wide",
    /// One digit of the birth date wrong.
    DateDigit "date_digit",
    /// Day and month exchanged.
    DateSwapped "date_swapped",
    /// The day before or after.
    DateOffByOne "date_off_by_one",
    /// The era year under a neighbouring era.
    EraSlip "era_slip",
    /// The day rounded to 1, 10, 20 or 30 (DOMAIN 6.6).
    DateRounded "date_rounded",
    /// Sex as 男 / 女 or M / F.
    SexNotation "sex_notation",
    /// No sex.
    SexMissing "sex_missing",
    /// 3丁目2番9号.
    AddressLabelled "address_labelled",
    /// 三丁目二番九号.
    AddressKanji "address_kanji",
    /// 3-2-9.
    AddressBare "address_bare",
    /// Digits and hyphens of the address in full width.
    AddressWide "address_wide",
    /// No prefecture.
    PrefectureOmitted "prefecture_omitted",
    /// No street names in a Kyoto address (DOMAIN 8.5).
    StreetsOmitted "streets_omitted",
    /// The building's name left out.
    BuildingDropped "building_dropped",
    /// The room as one more number, without the building: 3-2-9-302.
    RoomJoined "room_joined",
    /// The building and the room left out.
    RoomDropped "room_dropped",
    /// The last number left out: 3-2 for 3-2-9.
    NumberDropped "number_dropped",
    /// No address.
    AddressMissing "address_missing",
    /// The address before the last move.
    OldAddress "old_address",
    /// The family name before marriage.
    FormerSurname "former_surname",
    /// No kana.
    KanaMissing "kana_missing",
    /// No kanji.
    KanaOnly "kana_only",
    /// A wrong character in the given name.
    GivenTypo "given_typo",
    /// A look-alike kana: シ for ツ.
    KanaTypo "kana_typo",
    /// The family name in other kanji of the same sound: 菊池 for 菊地.
    FamilyTypo "family_typo",
    /// Kana filled in for the kanji, wrongly: コウダ for ユキタ (幸田).
    OtherReading "other_reading",
    /// A kanji misread for one of the same shape: 大 for 太.
    OcrKanji "ocr_kanji",
    /// A digit of the address misread: 7 for 1.
    OcrDigit "ocr_digit",
    /// A title after the name: 様.
    Title "title",
    /// The other sex.
    SexWrong "sex_wrong",
    /// A Roman name with the given name first.
    ForeignOrder "foreign_order",
    /// A Roman name without its middle name.
    MiddleDropped "middle_dropped",
    /// The name in use (通称) in place of the registered one.
    Alias "alias",
}

/// A group of people for whom errors may be more frequent than for others, to be looked at apart.
///
/// ```
/// use himozuke::synth::Subgroup;
/// assert_eq!(Subgroup::MarriedWoman.name(), "married_woman");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Subgroup {
    /// Foreign residents.
    Foreign,
    /// Women who had another family name before marriage.
    MarriedWoman,
    /// People under 18.
    Child,
    /// People with a twin.
    Twin,
    /// People whose family name has less than one bearer in 37,000.
    RareName,
}

impl Subgroup {
    /// Every group, in order.
    pub const ALL: [Self; 5] = [Self::Foreign, Self::MarriedWoman, Self::Child, Self::Twin, Self::RareName];

    /// The group in snake_case, as files hold it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Foreign => "foreign",
            Self::MarriedWoman => "married_woman",
            Self::Child => "child",
            Self::Twin => "twin",
            Self::RareName => "rare_name",
        }
    }
}

/// A set of [`Tag`]s.
///
/// ```
/// use himozuke::synth::{Tag, Tags};
/// let tags: Tags = [Tag::Gaiji, Tag::Stranger].into_iter().collect();
/// assert!(tags.contains(Tag::Gaiji));
/// assert_eq!(tags.to_string(), "stranger|gaiji");
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tags(u64);

const _: () = assert!(Tag::ALL.len() <= u64::BITS as usize, "a tag needs its bit");

impl Tags {
    pub(super) fn insert(&mut self, tag: Tag) {
        self.0 |= 1 << tag as u32;
    }

    /// Whether the set has the tag.
    #[must_use]
    pub const fn contains(self, tag: Tag) -> bool {
        self.0 & (1 << tag as u32) != 0
    }

    /// The tags in order.
    pub fn iter(self) -> impl Iterator<Item = Tag> {
        Tag::ALL.iter().copied().filter(move |&tag| self.contains(tag))
    }
}

impl FromIterator<Tag> for Tags {
    fn from_iter<I: IntoIterator<Item = Tag>>(tags: I) -> Self {
        let mut set = Tags::default();
        tags.into_iter().for_each(|tag| set.insert(tag));
        set
    }
}

/// The names, joined by `|`.
impl fmt::Display for Tags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, tag) in self.iter().enumerate() {
            if index > 0 {
                f.write_str("|")?;
            }
            f.write_str(tag.name())?;
        }
        Ok(())
    }
}
