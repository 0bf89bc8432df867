//! What a user writes today: Unicode NFKC and passes over a `String`, one attribute at a time.

use std::collections::HashMap;

use icu_normalizer::ComposingNormalizerBorrowed;
use unicode_normalization::UnicodeNormalization;

const HYPHENS: [char; 9] = ['‐', '‑', '‒', '–', '—', '―', '−', '─', '━'];

/// Old and new forms of kanji in names and places, in pairs.
#[rustfmt::skip]
const OLD_NEW: &str = "\
    亞亜惡悪壓圧圍囲爲為醫医壹壱隱隠營営榮栄衞衛圓円鹽塩奧奥應応歐欧毆殴會会繪絵壞壊懷懐擴拡覺覚學学嶽岳樂楽勸勧寬寛關関歡歓觀観氣気\
    歸帰龜亀舊旧據拠擧挙峽峡狹狭曉暁區区驅駆勳勲薰薫惠恵溪渓經経繼継螢蛍鷄鶏藝芸縣県劍剣檢検權権獻献嚴厳廣広恆恒國国黑黒濟済齋斎齊斉\
    碎砕雜雑參参棧桟蠶蚕殘残絲糸齒歯兒児辭辞實実寫写釋釈壽寿收収從従澁渋獸獣縱縦肅粛處処緖緒燒焼證証奬奨條条狀状乘乗淨浄剩剰疊畳\
    孃嬢讓譲釀醸觸触囑嘱眞真寢寝愼慎盡尽圖図粹粋醉酔穗穂隨随髓髄樞枢數数瀨瀬聲声靜静攝摂專専戰戦淺浅潛潜錢銭禪禅雙双壯壮搜捜莊荘裝装\
    總総聰聡騷騒增増藏蔵臟臓屬属續続墮堕體体對対帶帯滯滞臺台瀧滝擇択澤沢單単擔担團団彈弾斷断癡痴晝昼蟲虫鑄鋳廳庁聽聴鎭鎮遞逓鐵鉄轉転\
    點点傳伝燈灯當当黨党盜盗稻稲鬪闘德徳獨独讀読屆届貳弐惱悩腦脳廢廃拜拝賣売麥麦發発髮髪拔抜蠻蛮祕秘濱浜甁瓶拂払佛仏變変辨弁辯弁邊辺\
    邉辺舖舗豐豊萬万滿満默黙彌弥譯訳藥薬與与豫予餘余譽誉搖揺樣様謠謡來来賴頼亂乱覽覧龍竜兩両獵猟綠緑壘塁勵励禮礼隸隷靈霊齡齢曆暦歷歴\
    戀恋爐炉勞労樓楼祿禄灣湾髙高﨑崎嶋島嶌島冨富桒桑栁柳渕淵曻昇";

/// The tables of the chain.
pub struct Chain {
    kanji: HashMap<char, char>,
    small: HashMap<char, char>,
    icu: ComposingNormalizerBorrowed<'static>,
}

impl Chain {
    pub fn new() -> Self {
        let pairs: Vec<char> = OLD_NEW.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(pairs.len().is_multiple_of(2), "every old form has a new one");
        let kanji = pairs.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        let small = "ァアィイゥウェエォオッツャヤュユョヨヮワヵカヶケ".chars().collect::<Vec<_>>();
        let small = small.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        Self { kanji, small, icu: ComposingNormalizerBorrowed::new_nfkc() }
    }

    fn new_kanji(&self, c: char) -> char {
        *self.kanji.get(&c).unwrap_or(&c)
    }

    fn large(&self, c: char) -> char {
        *self.small.get(&c).unwrap_or(&c)
    }

    /// NFKC of unicode-normalization or of ICU, as a `String` to pass over.
    fn nfkc(&self, text: &str, by: Nfkc) -> String {
        match by {
            Nfkc::Crate => text.nfkc().collect(),
            Nfkc::Icu => self.icu.normalize(text).into_owned(),
        }
    }

    /// Width and spaces.
    pub fn text(&self, text: &str, by: Nfkc) -> String {
        self.nfkc(text, by)
    }

    /// Width, spaces, long vowel marks and hiragana.
    pub fn kana_text(&self, text: &str, by: Nfkc) -> String {
        let text = self.nfkc(text, by).replace(HYPHENS, "ー").replace('-', "ー");
        text.chars().map(katakana).collect()
    }

    /// A register form to be compared: no spaces, new forms of kanji.
    pub fn kanji(&self, text: &str, by: Nfkc) -> String {
        let text = self.nfkc(text, by).replace(' ', "");
        text.chars().map(|c| self.new_kanji(c)).collect()
    }

    /// A reading to be compared: no spaces, katakana, large.
    pub fn kana(&self, text: &str, by: Nfkc) -> String {
        let text = self.kana_text(text, by).replace(' ', "");
        text.chars().map(|c| self.large(c)).collect()
    }

    /// An address to be compared: no spaces, new forms of kanji, `-` between its numbers, ケ for ヶ.
    pub fn address(&self, text: &str, by: Nfkc) -> String {
        let text = self.nfkc(text, by).replace(' ', "").replace(HYPHENS, "-");
        let text = text.replace("丁目", "-").replace("番地の", "-").replace("番地", "-").replace('番', "-");
        let text = text.replace('号', "").replace('ヶ', "ケ").replace("大字", "");
        text.chars().map(|c| self.new_kanji(c)).collect()
    }

    /// [`Self::kanji`] in one pass, as a careful user writes it.
    pub fn kanji_once(&self, text: &str) -> String {
        text.nfkc().filter(|c| *c != ' ').map(|c| self.new_kanji(c)).collect()
    }

    /// [`Self::kana`] in one pass.
    pub fn kana_once(&self, text: &str) -> String {
        let dash = |c: char| if c == '-' || HYPHENS.contains(&c) { 'ー' } else { c };
        text.nfkc().filter(|c| *c != ' ').map(|c| self.large(katakana(dash(c)))).collect()
    }

    /// [`Self::address`] in one pass, but for the labels of its numbers.
    pub fn address_once(&self, text: &str) -> String {
        let one = |c: char| match c {
            'ヶ' => 'ケ',
            c if HYPHENS.contains(&c) => '-',
            c => self.new_kanji(c),
        };
        let text: String = text.nfkc().filter(|c| *c != ' ').map(one).collect();
        text.replace("丁目", "-")
            .replace("番地の", "-")
            .replace("番地", "-")
            .replace('番', "-")
            .replace('号', "")
    }

    /// Year, month and day; era dates in kanji or with a letter. No calendar is asked whether the day exists.
    pub fn date(&self, text: &str, by: Nfkc) -> Option<(u32, u32, u32)> {
        const ERAS: [(&str, &str, u32); 5] = [
            ("明治", "M", 1867),
            ("大正", "T", 1911),
            ("昭和", "S", 1925),
            ("平成", "H", 1988),
            ("令和", "R", 2018),
        ];
        let text = self.nfkc(text, by).replace(' ', "").replace("元年", "1年");
        let (before, rest) = ERAS
            .iter()
            .find_map(|(name, letter, before)| {
                let rest = text.strip_prefix(name).or_else(|| text.strip_prefix(letter))?;
                Some((*before, rest))
            })
            .unwrap_or((0, &text));
        let parts: Vec<&str> =
            rest.split(['年', '月', '日', '-', '/', '.']).filter(|part| !part.is_empty()).collect();
        let number = |part: &str| part.parse::<u32>().ok();
        let (year, month, day) = match *parts {
            [year, month, day] => (number(year)?, number(month)?, number(day)?),
            [packed] if packed.len() >= 6 && packed.is_ascii() => {
                let (rest, day) = packed.split_at(packed.len() - 2);
                let (year, month) = rest.split_at(rest.len() - 2);
                (number(year)?, number(month)?, number(day)?)
            }
            _ => return None,
        };
        ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some((before + year, month, day))
    }

    /// 1 or 2.
    pub fn sex(&self, text: &str, by: Nfkc) -> Option<u8> {
        match self.nfkc(text, by).trim() {
            "1" | "男" | "M" | "m" | "男性" => Some(1),
            "2" | "女" | "F" | "f" | "女性" => Some(2),
            _ => None,
        }
    }
}

/// Whose NFKC.
#[derive(Clone, Copy)]
pub enum Nfkc {
    Crate,
    Icu,
}

fn katakana(c: char) -> char {
    match c {
        'ぁ'..='ゖ' => char::from_u32(c as u32 + 0x60).unwrap_or(c),
        _ => c,
    }
}
