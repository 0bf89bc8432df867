//! Reason codes: why a decision is what it is, in a fixed list with sentences for people. Never a value.

use serde::{Serialize, Serializer};

/// Declares the list once: variant, code, English, Japanese, what would settle it (English, Japanese; empty for a note).
macro_rules! reasons {
    ($($variant:ident $code:literal $en:literal $ja:literal $ask_en:literal $ask_ja:literal;)+) => {
        /// Why a decision is what it is. The list only grows; codes never change their meaning.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum Reason {
            $(#[doc = $en] $variant,)+
        }

        impl Reason {
            /// Every reason, in the order in which sets list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The documented snake_case name.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// An English sentence.
            #[must_use]
            pub const fn en(self) -> &'static str {
                match self { $(Self::$variant => $en),+ }
            }

            /// A Japanese sentence.
            #[must_use]
            pub const fn ja(self) -> &'static str {
                match self { $(Self::$variant => $ja),+ }
            }

            /// What to ask the person, or which document would settle it; in English. Empty where nothing is asked.
            #[must_use]
            pub const fn ask_en(self) -> &'static str {
                match self { $(Self::$variant => $ask_en),+ }
            }

            /// As [`Self::ask_en`], in Japanese.
            #[must_use]
            pub const fn ask_ja(self) -> &'static str {
                match self { $(Self::$variant => $ask_ja),+ }
            }
        }
    };
}

reasons! {
    NameMissing "name_missing"
        "A register-form name is missing on one side." "氏名が一方にありません。"
        "Ask for the name as it stands in the register." "住民票どおりの氏名を確認してください。";
    NameUnknownCharacter "name_unknown_character"
        "The name has a character that could not be read." "氏名に読み取れない文字（外字など）があります。"
        "Ask for a document that shows the character." "その文字が分かる書類で確認してください。";
    KanaMissing "kana_missing"
        "The profile demands a reading, and one side has none." "必要なフリガナが一方にありません。"
        "Ask for the reading of the name." "氏名のフリガナを確認してください。";
    BirthDateMissing "birth_date_missing"
        "The birth date is missing or unknown on one side." "生年月日が一方にないか、不詳です。"
        "Ask for the birth date." "生年月日を確認してください。";
    BirthDatePartial "birth_date_partial"
        "The birth date is known only in part." "生年月日の一部が不詳です。"
        "Ask for the full birth date, or accept by another document." "生年月日の全部か、ほかの書類で確認してください。";
    SexMissing "sex_missing"
        "The sex is missing on one side." "性別が一方にありません。"
        "Ask for the sex, or use the profile without it." "性別を確認するか、性別を用いない区分で照合してください。";
    AddressMissing "address_missing"
        "The address is missing on one side." "住所が一方にありません。"
        "Ask for the current address." "現住所を確認してください。";
    NameKanaOnly "name_kana_only"
        "Only the reading of the name could be compared; that never links." "氏名はカナだけが照合できました。カナだけでは紐付けません。"
        "Ask for the name in kanji." "漢字氏名を確認してください。";
    ReadingDiffers "reading_differs"
        "The kanji agree and the readings are different ones." "漢字は一致しますが、読みが異なります。"
        "Ask how the name is read." "氏名の読みを確認してください。";
    NameLookAlike "name_look_alike"
        "The names differ by characters that are often confused." "混同されやすい別の文字で氏名が異なります。"
        "Ask for a document that shows the characters." "文字が分かる書類で確認してください。";
    NameBorderDiffers "name_border_differs"
        "The characters are the same and the border between family and given name is not." "文字は同じですが、氏と名の区切りが異なります。"
        "Ask where the family name ends." "氏と名の区切りを確認してください。";
    NameOrderDiffers "name_order_differs"
        "The parts of the name agree in another order." "氏名の並び順が異なります。"
        "Ask for the name as on the residence card." "在留カードどおりの氏名を確認してください。";
    Homophone "homophone"
        "The readings agree and the kanji are different ones: often another person." "読みは一致しますが、漢字が異なります。別人の場合があります。"
        "Ask for the name in kanji." "漢字氏名を確認してください。";
    FamilyNameDiffers "family_name_differs"
        "The family names differ." "氏が異なります。"
        "Ask about a change of name." "氏の変更の有無を確認してください。";
    GivenNameDiffers "given_name_differs"
        "The given names differ." "名が異なります。"
        "Check for another member of the family." "家族など別人でないか確認してください。";
    NameNear "name_near"
        "The names are a slip of the pen apart." "氏名が一字違いなど、わずかに異なります。"
        "Ask for the name as it stands in the register." "住民票どおりの氏名を確認してください。";
    ByOtherName "by_other_name"
        "The names agree only through a former name or an alias." "旧氏または通称でだけ一致します。"
        "Ask about the change of name." "氏名の変更または通称を確認してください。";
    NamesContradict "names_contradict"
        "One side states two different names, or another name than the other side's beside one that agrees." "一方に異なる二つの氏名があるか、一致する氏名のほかに異なる氏名の記載があります。"
        "Ask for the name as it stands in the register; columns may have been mixed up." "住民票どおりの氏名を確認してください。項目の取違えの場合もあります。";
    NameNotCompared "name_not_compared"
        "The names are in different scripts and could not be compared." "氏名の文字種が異なり、照合できません。"
        "Ask for the name as it stands in the register." "住民票どおりの氏名を確認してください。";
    BirthDateOneDigit "birth_date_one_digit"
        "The birth dates differ by one digit." "生年月日が一桁異なります。"
        "Ask for the birth date." "生年月日を確認してください。";
    BirthDateSwapped "birth_date_swapped"
        "Month and day of birth are exchanged." "生年月日の月と日が入れ替わっています。"
        "Ask for the birth date." "生年月日を確認してください。";
    BirthDateEraSlip "birth_date_era_slip"
        "The birth dates are the same year of two eras." "生年月日の元号だけが異なります。"
        "Ask for the birth date with its era." "元号を含めて生年月日を確認してください。";
    BirthDateRounded "birth_date_rounded"
        "One birth date looks rounded." "生年月日の日が丸められている可能性があります。"
        "Ask for the birth date." "生年月日を確認してください。";
    BirthDateAdjacent "birth_date_adjacent"
        "The birth dates are a day apart." "生年月日が一日異なります。"
        "Ask for the birth date." "生年月日を確認してください。";
    BirthDateDiffers "birth_date_differs"
        "The birth dates differ." "生年月日が異なります。"
        "Check for another person of the name." "同名の別人でないか確認してください。";
    SexDiffers "sex_differs"
        "The sexes differ." "性別が異なります。"
        "Ask for the sex as it stands in the register." "住民票どおりの性別を確認してください。";
    AddressDiffers "address_differs"
        "The addresses differ." "住所が異なります。"
        "Ask for the current and the former address." "現住所と前住所を確認してください。";
    Moved "moved"
        "Name and birth date fit one resident only, and the address is another: perhaps moved." "氏名と生年月日は一人だけに一致し、住所が異なります。転居の可能性があります。"
        "Ask for the former address or a certificate of moving." "前住所または住民票の異動を確認してください。";
    AddressPartial "address_partial"
        "The addresses agree only in part." "住所が一部だけ一致します。"
        "Ask for the full address with its numbers." "番地・号までの住所を確認してください。";
    AddressByHistory "address_by_history"
        "The address agrees with a former one." "前住所と一致します。"
        "Confirm the move." "転居を確認してください。";
    AddressRoomsDiffer "address_rooms_differ"
        "The same house number, and another room or another building of one name." "番地・号は同じですが、部屋または棟が異なります。"
        "Ask for the building and the room number." "建物名・棟と部屋番号を確認してください。";
    Namesake "namesake"
        "Somebody else in the registry has this name and birth date." "同じ氏名・生年月日の別の住民が登録されています。"
        "Ask for something that only one of them can know or show." "本人だけが示せる事項または書類で確認してください。";
    Twin "twin"
        "Somebody else shares the birth date and the dwelling." "生年月日と住所が同じ別の住民がいます（双子など）。"
        "Ask for the given name in kanji and its reading." "名の漢字と読みを確認してください。";
    Population "population"
        "Outside the registry somebody may share this name and birth date." "登録外に同じ氏名・生年月日の人がいる可能性があります。"
        "Ask for the address." "住所を確認してください。";
    Margin "margin"
        "A second candidate fits almost as well." "別の候補と差がわずかです。"
        "Ask for what tells them apart." "候補を区別できる事項を確認してください。";
    PosteriorLow "posterior_low"
        "The evidence does not reach the posterior that the losses demand." "確からしさが方針の求める水準に達しません。"
        "Ask for a further attribute." "ほかの事項で確認してください。";
    ClaimedTwice "claimed_twice"
        "Several records of the batch claim this person." "同じ住民に複数の記録が対応します。"
        "Check which record is the person's." "どの記録が本人のものか確認してください。";
    NotActive "not_active"
        "The resident is not active in the registry." "住民は現存していません（死亡・転出など）。"
        "Check the register for the person's state." "異動の状況を確認してください。";
    BatchOverBudget "batch_over_budget"
        "The batch as a whole may hold more wrong links than its budget allows." "一括処理全体の誤り見込みが許容を超えています。"
        "Review the batch before any link is used." "紐付けを使う前に全体を点検してください。";
    BlockTooLarge "block_too_large"
        "Too many residents share a key for all of them to be compared." "候補が多すぎるため、全員とは照合できません。"
        "Ask for a further attribute." "ほかの事項を追加して照合してください。";
    NoCandidate "no_candidate"
        "Nobody in the registry was found for any combination of attributes." "登録簿に候補が見つかりません。"
        "Ask whether the person is registered elsewhere." "登録先を確認してください。";
    NobodyFits "nobody_fits"
        "Those who were found are other people." "見つかった住民はいずれも別人とみられます。"
        "Ask whether the person is registered elsewhere." "登録先を確認してください。";
    BetterCandidate "better_candidate"
        "Another resident fits the record better than the one of the registered number." "登録された番号の本人より、記録によく一致する別の住民がいます。"
        "Check the number against its source; the better candidate is named." "番号を元の書類と照らし合わせてください。よりよく一致する住民を示しています。";
    ClaimMissing "claim_missing"
        "The record has neither a number nor a person's id to be checked." "点検する番号または宛名番号がありません。"
        "Ask for the number." "番号を確認してください。";
    ClaimedNotFound "claimed_not_found"
        "The registered number or id is nobody's in the registry." "登録された番号または宛名番号の人が登録簿にいません。"
        "Check the number against its source, and whether the person is registered elsewhere." "番号を元の書類と照らし合わせ、ほかの自治体に登録がないか確認してください。";
    ClaimInconsistent "claim_inconsistent"
        "The record's number and its person id are not of one person." "記録の番号と宛名番号が同じ人のものではありません。"
        "Check both against their sources." "両方を元の書類と照らし合わせてください。";
    NumberOnSeveral "number_on_several"
        "The number stands on records of different people." "同じ番号が別の人の記録にも登録されています。"
        "Find out whose number it is, and correct the others." "誰の番号か確かめ、ほかの記録を訂正してください。";
    SeveralNumbers "several_numbers"
        "Records of one person have different numbers." "同じ人の記録に異なる番号が登録されています。"
        "Find out which number is the person's." "どの番号が本人のものか確認してください。";
    SchemeIdTwice "scheme_id_twice"
        "Records of different people or with different numbers share one scheme id." "別の人または別の番号の記録に同じ制度内番号が付いています。"
        "Check for rows that should have been deleted." "削除すべき古い記録が残っていないか確認してください。";
    SchemeIdsAlike "scheme_ids_alike"
        "The number is that of a person whose scheme id is much like this one." "よく似た制度内番号を持つ別の人の番号が登録されています。"
        "Compare both scheme ids with their sources." "両方の制度内番号を元の書類と照らし合わせてください。";
    AccountOnUnrelated "account_on_unrelated"
        "One account stands on people of different family name and address." "氏も住所も異なる人に同じ口座が登録されています。"
        "Ask both people for their account." "双方に口座を確認してください。";
    HouseholdNumber "household_number"
        "The number seems to be that of a member of the household or of a guardian." "世帯員または保護者の番号とみられます。"
        "Ask for the person's own number; the form may hold both." "本人の番号を確認してください。申請書に両方が書かれている場合があります。";
    CrossedPair "crossed_pair"
        "The numbers of two records are exchanged." "二つの記録の番号が入れ替わっています。"
        "Compare both forms with what was entered." "二つの申請書を入力内容と照らし合わせてください。";
    RowShift "row_shift"
        "The numbers of neighbouring records are shifted by the same count of rows." "前後の記録の番号が同じ行数だけずれています。"
        "Compare the file with its source before anything in it is used." "使用の前に、ファイルを元のデータと照らし合わせてください。";
    NumberSlip "number_slip"
        "The number is one slip away from the better candidate's: mistyped past the check digit." "よりよく一致する住民の番号と一字違いです。検査用数字では分からない誤入力とみられます。"
        "Compare the number with its source." "番号を元の書類と照らし合わせてください。";
    NameFolded "name_folded"
        "The names agree through width, spacing or script." "字形の幅・空白などをそろえて氏名が一致しました。" "" "";
    NameVariant "name_variant"
        "The names agree through an official or register-approved variant." "異体字をそろえて氏名が一致しました。" "" "";
    ReadingFolded "reading_folded"
        "The readings agree through kana size, long vowels or ヂ/ジ." "仮名の大小・長音などをそろえて読みが一致しました。" "" "";
    ReadingNear "reading_near"
        "The readings are a voicing or one slip apart." "読みが清濁または一字だけ異なります。" "" "";
    ReadingPlausible "reading_plausible"
        "One side has the name in kanji only, the other its reading only; the kanji can be read so." "一方は漢字、他方は読みだけですが、その漢字の読みとして自然です。" "" "";
    ReadingUnlisted "reading_unlisted"
        "One side has the name in kanji only, the other a reading that the kanji are not known to have." "一方は漢字、他方は読みだけで、その漢字の読みとしては知られていません。" "" "";
    AddressUnlabelled "address_unlabelled"
        "The numbers of the address agree, on one side without 丁目, 番, 号." "住所の番号は一致します（丁目・番・号の表記なし）。" "" "";
    AddressFolded "address_folded"
        "The addresses agree through notation." "表記をそろえて住所が一致しました。" "" "";
    RoomMissing "room_missing"
        "The building agrees and one side states no room." "建物まで一致し、一方に部屋番号がありません。" "" "";
    ClaimNotEvaluated "claim_not_evaluated"
        "Whether another record claims this person is known only to a batch." "一件の照合のため、重複の確認はしていません。" "" "";
    BatchNotEvaluated "batch_not_evaluated"
        "The error budget is known only to a batch." "一件の照合のため、全体の誤り見込みは確認していません。" "" "";
    NotGuideline "not_guideline"
        "Decided under a policy that is not the guideline's." "ガイドラインと異なる方針による判定です。" "" "";
}

/// A set of reasons, listed in the order of [`Reason::ALL`].
///
/// ```
/// use himozuke::{Reason, ReasonSet};
/// let reasons: ReasonSet = [Reason::Twin, Reason::Namesake].into_iter().collect();
/// assert_eq!(reasons.to_string(), "namesake|twin");
/// ```
#[derive(Clone, Copy, Default, Eq, Hash, PartialEq)]
pub struct ReasonSet(u128);

const _: () = assert!(Reason::ALL.len() <= 128, "a set is one number");

impl ReasonSet {
    /// No reason.
    pub const EMPTY: Self = Self(0);

    /// The set as a number, one bit a reason in the order of [`Reason::ALL`]: for files of one version of this library.
    #[must_use]
    pub const fn bits(self) -> u128 {
        self.0
    }

    /// The set of such a number; bits of no reason are left out.
    #[must_use]
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits & (u128::MAX >> (128 - Reason::ALL.len())))
    }

    /// Adds a reason.
    pub const fn insert(&mut self, reason: Reason) {
        self.0 |= 1 << reason as u8;
    }

    /// This set without a reason.
    #[must_use]
    pub const fn without(self, reason: Reason) -> Self {
        Self(self.0 & !(1 << reason as u8))
    }

    /// Whether a reason is in the set.
    #[must_use]
    pub const fn contains(self, reason: Reason) -> bool {
        self.0 & 1 << reason as u8 != 0
    }

    /// Reasons of either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The reasons in order.
    pub fn iter(self) -> impl Iterator<Item = Reason> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let first = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            Reason::ALL.get(first as usize).copied()
        })
    }
}

impl FromIterator<Reason> for ReasonSet {
    fn from_iter<I: IntoIterator<Item = Reason>>(reasons: I) -> Self {
        let mut set = Self::EMPTY;
        reasons.into_iter().for_each(|reason| set.insert(reason));
        set
    }
}

/// The codes, joined by `|`.
impl std::fmt::Display for ReasonSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, reason) in self.iter().enumerate() {
            if index > 0 {
                f.write_str("|")?;
            }
            f.write_str(reason.code())?;
        }
        Ok(())
    }
}

/// The reasons by name: a number of many digits says nothing to whoever reads a log, and may look like a value.
impl std::fmt::Debug for ReasonSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl Serialize for ReasonSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
