use proptest::prelude::*;

use super::*;

/// Common, regional and rare surnames (own list). Written/reading.
const FAMILY: &str = "
    佐藤/サトウ 鈴木/スズキ 高橋/タカハシ 髙橋/タカハシ 田中/タナカ 渡辺/ワタナベ 渡邊/ワタナベ 渡邉/ワタナベ 渡部/ワタベ 伊藤/イトウ
    山本/ヤマモト 中村/ナカムラ 小林/コバヤシ 加藤/カトウ 吉田/ヨシダ 𠮷田/ヨシダ 山田/ヤマダ 佐々木/ササキ 佐佐木/ササキ 山口/ヤマグチ
    松本/マツモト 井上/イノウエ 木村/キムラ 林/ハヤシ 斎藤/サイトウ 齋藤/サイトウ 斉藤/サイトウ 齊藤/サイトウ 清水/シミズ 山崎/ヤマザキ
    山﨑/ヤマサキ 阿部/アベ 安部/アベ 池田/イケダ 橋本/ハシモト 石川/イシカワ 石川/イシガワ 前田/マエダ 藤田/フジタ 後藤/ゴトウ
    長谷川/ハセガワ 近藤/コンドウ 村上/ムラカミ 遠藤/エンドウ 青木/アオキ 坂本/サカモト 阪本/サカモト 福田/フクダ 太田/オオタ 大田/オオタ
    西村/ニシムラ 藤井/フジイ 岡本/オカモト 三浦/ミウラ 金子/カネコ 中野/ナカノ 原田/ハラダ 松田/マツダ 竹内/タケウチ 上野/ウエノ
    中山/ナカヤマ 和田/ワダ 森田/モリタ 柴田/シバタ 酒井/サカイ 工藤/クドウ 横山/ヨコヤマ 宮崎/ミヤザキ 内田/ウチダ 高木/タカギ
    島田/シマダ 嶋田/シマダ 谷口/タニグチ 丸山/マルヤマ 今井/イマイ 河野/コウノ 河野/カワノ 藤原/フジワラ 武田/タケダ 上田/ウエダ
    千葉/チバ 服部/ハットリ 東海林/ショウジ 五十嵐/イガラシ 小鳥遊/タカナシ 勅使河原/テシガワラ 古谷/フルヤ 古谷/フルタニ 神谷/カミヤ 日下部/クサカベ
    一ノ瀬/イチノセ 一之瀬/イチノセ 野々村/ノノムラ 関ヶ原/セキガハラ 雨宮/アマミヤ 船木/フナキ 木下/キノシタ 山内/ヤマノウチ 山内/ヤマウチ 百目鬼/ドウメキ
    長宗我部/チョウソカベ 御手洗/ミタライ 我孫子/アビコ 海老原/エビハラ 小野寺/オノデラ 小比類巻/コヒルイマキ 喜屋武/キャン 比嘉/ヒガ 金城/キンジョウ 金城/カネシロ
    東恩納/ヒガシオンナ 安次富/アシトミ 国頭/クニガミ 新垣/アラカキ 濱田/ハマダ 澤田/サワダ 廣瀬/ヒロセ 國分/コクブ 菅野/カンノ 菅野/スガノ";

/// Given names of a century, new ones among them (own list; the last lines after DOMAIN 4.5).
const GIVEN_NAMES: &str = "
    太郎/タロウ 次郎/ジロウ 一郎/イチロウ 花子/ハナコ 和子/カズコ 幸子/サチコ 幸子/ユキコ 裕子/ユウコ 裕子/ヒロコ 節子/セツコ
    清/キヨシ 実/ミノル 誠/マコト 健一/ケンイチ 大輔/ダイスケ 翔太/ショウタ 美咲/ミサキ 大翔/ヒロト 大翔/ハルト 陽葵/ヒマリ
    陽菜/ヒナ 結衣/ユイ 蓮/レン 悠真/ユウマ 凛/リン 凜/リン 湊/ミナト 樹/イツキ 葵/アオイ 紬/ツムギ
    咲良/サクラ 莉子/リコ 結愛/ユア 心春/コハル 朝陽/アサヒ 颯太/ソウタ 悠斗/ユウト 杏奈/アンナ 芽依/メイ 琴音/コトネ
    正雄/マサオ 義男/ヨシオ 三千代/ミチヨ 千代子/チヨコ 喜久江/キクエ あい子/アイコ 静香/シズカ 静夫/シヅオ 薫/カヲル 京子/キヨウコ
    優子/ユーコ 奈々/ナナ 寿々子/スズコ 一平/イッペイ 光/ヒカリ 光/ヒカル 剛人/ツヨヒト 資麿/スケマロ さくら/サクラ 百合香/ユリカ
    心愛/ココア 桜良/サラ 飛鳥/アスカ 百合/ユリ 美空/ソラ 彩夢/ユメ 大和/ヤマト 七海/ナナミ 海音/カイト 愛梨/アイリ";

/// Pairs that no reading of the kanji gives (DOMAIN 4.5: opposite, confusable, added, unrelated; and other names).
const NOT_FAMILY: &str = "
    田中/スズキ 鈴木/サトウ 佐藤/タナカ 高橋/ヤマダ 渡辺/イトウ 伊藤/カトウ 加藤/サトウ 山本/ヤマダ 山田/ヤマモト 中村/ナカジマ
    小林/オオバヤシ 大林/コバヤシ 吉田/ヨシカワ 木村/キノシタ 松本/マツダ 井上/イノシタ 木下/キノウエ 東/ニシ 西村/ヒガシムラ 北川/ミナミカワ
    佐々木/ササガワ 石川/イシヤマ 青木/アカギ 白川/クロカワ 上田/シタダ 内田/ソトダ 長谷川/ハセヤマ 山/ヤマダ 森田/ハヤシダ 村上/ムラシタ";
const NOT_GIVEN: &str = "
    太郎/ジロウ 次郎/タロウ 高/ヒクシ 健/ケンイチロウ 太郎/ジョージ 花子/ハルオ 幸子/ヨウコウ 誠/ミノル 実/サブロウ 大輔/ショウタ
    美咲/サユリ 一郎/サブロウ 三郎/シロウ 明/クライ 強/ヨワシ 清/ヒロシ 和子/ハナコ 正雄/マサコ 春/アキ 海/ヤマ
    健一/ケンジ 健二/ケンゾウ 薫/カオルコ 蓮/ハルト 翔太/ユウキ 結衣/サクラ";

fn pairs(list: &str) -> impl Iterator<Item = (&str, &str)> {
    list.split_whitespace().map(|pair| pair.split_once('/').unwrap())
}

#[test]
fn names_are_read_as_they_are_borne() {
    for (list, role, least) in [(FAMILY, Role::Family, 100), (GIVEN_NAMES, Role::Given, 60)] {
        let unlisted: Vec<_> =
            pairs(list).filter(|(w, r)| plausibility(w, r, role) == Plausibility::Unlisted).collect();
        assert!(unlisted.is_empty(), "{unlisted:?}");
        assert!(pairs(list).count() >= least);
    }
}

#[test]
fn other_names_raise_doubt() {
    assert!(pairs(NOT_FAMILY).chain(pairs(NOT_GIVEN)).count() >= 40);
    for (list, role) in [(NOT_FAMILY, Role::Family), (NOT_GIVEN, Role::Given)] {
        let fits: Vec<_> =
            pairs(list).filter(|(w, r)| plausibility(w, r, role) != Plausibility::Unlisted).collect();
        assert!(fits.is_empty(), "{fits:?}");
    }
}

#[test]
fn levels_say_how_it_is_known() {
    use Plausibility::{Composable, Listed, Unlisted};
    for (written, reading, role, expected, source) in [
        ("髙橋", "タカハシ", Role::Family, Listed, "official old form, grade 3"),
        ("渡邉", "ワタナベ", Role::Family, Listed, "register variant, grade 4"),
        ("静夫", "シヅオ", Role::Given, Listed, "R8: ヅ/ズ, grade 4"),
        ("京子", "キヨウコ", Role::Given, Listed, "R8: small kana, grade 3"),
        ("優子", "ユーコ", Role::Given, Listed, "R8: long vowel, grade 3"),
        ("山崎", "ヤマサキ", Role::Family, Listed, "both are listed"),
        ("心愛", "ココア", Role::Given, Listed, "DOMAIN 4.5"),
        ("さくら", "サクラ", Role::Given, Composable, "kana are their own reading"),
        ("ウィリアム", "ウイリアム", Role::Given, Composable, "kana, grade 3"),
        ("剛人", "ツヨヒト", Role::Given, Composable, "DATA C2: okurigana left out"),
        ("桃百合", "モモユリ", Role::Given, Composable, "a listed name within a name"),
        ("星美空", "セイソラ", Role::Given, Composable, "one silent kanji"),
        ("鏡緑", "カガミド", Role::Given, Composable, "shortened readings"),
        (
            "美鏡緑",
            "カガミド",
            Role::Given,
            Unlisted,
            "a silent kanji and shortened readings: not both (DOMAIN 3.5)",
        ),
        ("月見里", "ヤマナシ", Role::Family, Unlisted, "a riddle that no table has: doubt only"),
        ("●田", "ヨシダ", Role::Family, Unlisted, "R7"),
        ("", "ヨシダ", Role::Family, Unlisted, "R4"),
        ("吉田", "", Role::Family, Unlisted, "R4"),
    ] {
        assert_eq!(plausibility(written, reading, role), expected, "{written} {reading}: {source}");
    }
}

#[test]
fn whole_names_are_read_across_the_border() {
    use Plausibility::{Composable, Listed, Unlisted};
    for (written, reading, expected) in [
        ("山田 太郎", "ヤマダ タロウ", Listed),
        ("山田太郎", "ヤマダタロウ", Listed),
        ("山田 太郎", "ヤマダタロウ", Listed),
        ("山田太郎", "ヤマダ タロウ", Listed),
        ("佐々木 希", "ササキ ノゾミ", Listed),
        ("山田 さくら", "ヤマダ サクラ", Composable),
        ("山田太郎", "ヤマダ ジロウ", Unlisted),
        ("山田 太郎", "ヤマ ダタロウ", Unlisted), // R10: written borders are kept
        ("山 田太郎", "ヤマダ タロウ", Unlisted),
        ("太郎", "タロウ", Composable), // 太 タ may be a family name
    ] {
        assert_eq!(plausible_whole(written, reading), expected, "{written} {reading}");
    }
}

#[test]
fn borders_are_offered_and_never_chosen() {
    let divided = |whole: &str| -> Vec<String> {
        borders(whole)
            .into_iter()
            .map(|border| format!("{}|{}", &whole[..border.at], &whole[border.at..]))
            .collect()
    };
    for (whole, expected) in [
        ("山田太郎", &["山田|太郎"][..]),
        ("髙橋一郎", &["髙橋|一郎"]),
        ("長谷川美咲", &["長谷川|美咲"]),
        ("勅使河原健一", &["勅使河原|健一"]),
        ("山田さくら", &["山田|さくら"]),
        ("山田 太郎", &[]), // written already
        ("●田太郎", &[]),   // R7
        ("太郎", &[]),      // no family name
        ("", &[]),
    ] {
        assert_eq!(divided(whole), expected, "{whole}");
    }
    // R10 and its like: more than one answer, or none.
    assert_eq!(divided("東海林太郎"), ["東海林|太郎", "東海|林太郎"]);
    assert!(divided("佐々木子").is_empty());
}

/// How often another person's reading seems to fit: what the answer is worth.
#[test]
fn other_readings_seldom_fit() {
    let names: Vec<(&str, &str)> = pairs(GIVEN_NAMES).collect();
    let (mut fits, mut tried) = (0, 0);
    for (i, (written, reading)) in names.iter().enumerate() {
        for (other, _) in names.iter().skip(i + 1).filter(|(other, _)| !other.contains(*written)) {
            tried += 1;
            fits += usize::from(plausibility(other, reading, Role::Given) != Plausibility::Unlisted);
        }
    }
    assert!(fits * 100 <= tried * 2, "{fits} of {tried} readings fit another name");
}

proptest! {
    #[test]
    fn total_on_any_text(written in "\\PC{0,40}|[一-龠々ぁ-んァ-ヶー ●]{0,40}", reading in "[ァ-ヶー ]{0,80}|\\PC{0,80}") {
        let fit = plausible_whole(&written, &reading);
        for role in [Role::Family, Role::Given] {
            let part = plausibility(&written, &reading, role);
            prop_assert!(!written.contains('●') || part == Plausibility::Unlisted, "R7");
        }
        prop_assert!(!written.contains('●') || fit == Plausibility::Unlisted, "R7");
        for border in borders(&written) {
            prop_assert!(written.is_char_boundary(border.at) && border.at > 0 && border.at < written.len());
        }
    }

    #[test]
    fn a_border_left_out_takes_nothing_away(
        family in "[山田中川佐々木林]{1,3}", given in "[太郎一美心空花子]{1,3}", a in "[ア-ンー]{1,5}", b in "[ア-ンー]{1,5}",
    ) {
        let whole = plausible_whole(&format!("{family} {given}"), &format!("{a} {b}"));
        let parts = plausibility(&family, &a, Role::Family).max(plausibility(&given, &b, Role::Given));
        // A ー after the border would fold into the vowel before it.
        if !b.starts_with('ー') && !given.starts_with('々') {
            prop_assert_eq!(whole, parts);
        }
        let unspaced = plausible_whole(&format!("{family}{given}"), &format!("{a}{b}"));
        prop_assert!(unspaced <= whole);
    }
}
