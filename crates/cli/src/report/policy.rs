//! A policy in words: every setting as the sentence that an official would sign.

use himozuke::{
    ClaimsRule, NamesakeRule, Policy, Profile,
    normalize::{Grade, birth_date::EraCodes},
};

use crate::{args::Language, figures::thousands};

/// The sentences.
pub(super) fn words(policy: &Policy, lang: Language) -> Vec<String> {
    let losses = policy.losses;
    let [wrong, none, miss] = [losses.wrong, losses.none, losses.miss].map(number);
    let budget = number(policy.budget_per_million);
    let (margin, namesakes) = (number(policy.min_margin_bits), number(policy.max_expected_namesakes));
    let [coverage, recall] =
        [policy.coverage, policy.blocking_recall].map(|share| number((share * 1e8).round() / 1e6));
    let population = number(policy.population);
    let said = |en: String, ja: String| match lang {
        Language::En => en,
        Language::Ja => ja,
    };
    vec![
        lang.pick(attributes(policy.profile).0, attributes(policy.profile).1).to_owned(),
        lang.pick(kanji(policy.accepted_grade).0, kanji(policy.accepted_grade).1).to_owned(),
        match policy.namesake {
            NamesakeRule::ResolveByAddress => lang.pick(
                "If somebody else in the registry shares name and birth date, the address may decide: one agrees at the dwelling and all others contradict there.",
                "同じ氏名・生年月日の別の住民がいても、住所が一人だけ一致し他が異なれば紐付けます。",
            ),
            _ => lang.pick(
                "If somebody else in the registry shares name and birth date, a person decides.",
                "同じ氏名・生年月日の別の住民が登録されていれば、必ず人が確認します。",
            ),
        }
        .to_owned(),
        match policy.claims {
            ClaimsRule::ManyToOne => lang.pick(
                "Several records may be linked to one person.",
                "一人の住民に複数の記録を紐付けられます。",
            ),
            _ => lang.pick(
                "If several records claim one person, all of them are reviewed.",
                "一人の住民に複数の記録が対応すれば、そのすべてを人が確認します。",
            ),
        }
        .to_owned(),
        said(
            format!("No link if more than {namesakes} people outside the registry may be expected to share name and birth date, among {population} people who could be meant."),
            format!("登録外に同じ氏名・生年月日の人が{namesakes}人を超えて見込まれるとき（母集団{population}人）は紐付けません。"),
        ),
        said(
            format!("The best candidate must lead the second by at least {margin} bits; each bit doubles the odds."),
            format!("最良の候補は次の候補を{margin}ビット以上離していなければなりません（1ビットごとに確からしさの比が2倍）。"),
        ),
        said(
            format!("One link to the wrong person counts as {wrong} reviews by hand, one of a person who is not registered as {none}, one person missed as {miss}."),
            format!("誤った人への紐付け1件を人手の確認{wrong}件分、登録のない人の紐付けを{none}件分、見逃しを{miss}件分とみなします。"),
        ),
        said(
            format!("If more than {budget} wrong links are expected in a million, no link of the batch is made."),
            format!("誤った紐付けの見込みが100万件当たり{budget}件を超えれば、一括処理の紐付けをすべて止めます。"),
        ),
        said(
            format!("Before a record is looked at, its person is taken to be registered with a probability of {coverage} %, and found by the search with {recall} %."),
            format!("記録を見る前には、本人の登録がある確率を{coverage}%、検索で見つかる確率を{recall}%とみなします。"),
        ),
        lang.pick(eras(policy.era_codes).0, eras(policy.era_codes).1).to_owned(),
    ]
}

const fn attributes(profile: Profile) -> (&'static str, &'static str) {
    match profile {
        Profile::Five => (
            "A link demands that kanji name, kana name, birth date, sex and address are there on both sides and agree.",
            "紐付けには、漢字氏名・カナ氏名・生年月日・性別・住所のすべてが双方にあり、一致することが必要です。",
        ),
        Profile::Four => (
            "A link demands that name, birth date, sex and address are there on both sides and agree.",
            "紐付けには、氏名・生年月日・性別・住所のすべてが双方にあり、一致することが必要です。",
        ),
        Profile::ThreeWithoutSex => (
            "A link demands that name, birth date and address are there on both sides and agree; sex is not asked.",
            "紐付けには、氏名・生年月日・住所のすべてが双方にあり、一致することが必要です。性別は用いません。",
        ),
        Profile::NameBirthdateUnique => (
            "A link demands name and birth date, if nobody else can share them. This is not the guideline.",
            "氏名と生年月日が一致し、ほかに該当しうる人がいなければ紐付けます。ガイドラインとは異なります。",
        ),
        _ => ("The attributes are those of another version.", "項目の定めは別の版によります。"),
    }
}

const fn kanji(grade: Grade) -> (&'static str, &'static str) {
    match grade {
        Grade::Identical => {
            ("Names agree only character by character.", "氏名は同じ文字だけを一致とします。")
        }
        Grade::Equivalent => (
            "Names agree through width, spacing and script, and through no variants.",
            "氏名は字形の幅・空白・かなの違いだけをそろえ、異体字はそろえません。",
        ),
        Grade::Official => (
            "Names agree through official old and new forms, and through no other variants.",
            "氏名は公的な新旧字体までをそろえます。",
        ),
        Grade::Register | Grade::Confusable => (
            "Names agree through variants that registers approve (髙 and 高); look-alikes never agree.",
            "氏名は戸籍・住民票で認められた異体字（髙と高など）までをそろえます。形の似た別の字は一致としません。",
        ),
    }
}

const fn eras(codes: EraCodes) -> (&'static str, &'static str) {
    match codes {
        EraCodes::None => (
            "Birth dates with a digit for the era are not read, unless the inputs declare what it means.",
            "元号を数字で表す生年月日は、入力で体系を指定しない限り読みません。",
        ),
        EraCodes::Sequential => (
            "A digit for the era means 1 明治, 2 大正, 3 昭和, 4 平成, 5 令和.",
            "元号コードは 1明治・2大正・3昭和・4平成・5令和 とします。",
        ),
        EraCodes::Pension => (
            "A digit for the era means 1 明治, 3 大正, 5 昭和, 7 平成, 9 令和.",
            "元号コードは 1明治・3大正・5昭和・7平成・9令和 とします。",
        ),
        _ => ("The family of era codes is that of another version.", "元号コードの体系は別の版によります。"),
    }
}

/// As it was set: 10,000 or 0.001.
fn number(figure: f64) -> String {
    if figure.fract() == 0.0 && (0.0..1e15).contains(&figure) {
        thousands(figure as u64)
    } else {
        figure.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_told() {
        let strange = Policy {
            profile: Profile::Five,
            coverage: 0.71,
            blocking_recall: 0.83,
            population: 1_234_567.0,
            max_expected_namesakes: 0.0625,
            min_margin_bits: 17.5,
            budget_per_million: 33.0,
            accepted_grade: Grade::Official,
            namesake: NamesakeRule::ResolveByAddress,
            claims: ClaimsRule::ManyToOne,
            era_codes: EraCodes::Pension,
            losses: himozuke::Losses { wrong: 4_321.0, none: 765.0, miss: 43.0 },
        };
        for lang in [Language::En, Language::Ja] {
            let usual = words(&Policy::guideline(), lang);
            let told = words(&strange, lang);
            assert!(usual.iter().zip(&told).all(|(usual, told)| usual != told));
            let told = told.join("\n");
            for figure in ["71", "83", "1,234,567", "0.0625", "17.5", "33", "4,321", "765", "43"] {
                assert!(told.contains(figure), "{figure}: {told}");
            }
        }
    }
}
