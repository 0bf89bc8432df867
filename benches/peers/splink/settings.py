"""How Splink is set up: comparisons, blocking and training after its documentation's advice for people."""

import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import ColumnExpression, SettingsCreator, block_on


def name(part):
    """Kanji and reading as one comparison, for they depend on each other; frequencies of whichever agrees."""
    written, reading = f"{part}_kanji", f"{part}_kana"
    nothing = f'("{written}_l" IS NULL OR "{written}_r" IS NULL) AND ("{reading}_l" IS NULL OR "{reading}_r" IS NULL)'
    return cl.CustomComparison(
        output_column_name=f"{part}_name",
        comparison_levels=[
            cll.CustomLevel(nothing, label_for_charts="nothing to compare").configure(is_null_level=True),
            cll.And(cll.ExactMatchLevel(written), cll.ExactMatchLevel(reading)).configure(
                tf_adjustment_column=written, disable_tf_exact_match_detection=True, label_for_charts="kanji and reading"
            ),
            cll.ExactMatchLevel(written, term_frequency_adjustments=True),
            cll.ExactMatchLevel(reading, term_frequency_adjustments=True),
            cll.DamerauLevenshteinLevel(f"{part}_code", 1),
            cll.JaroWinklerLevel(written, 0.8),
            cll.ElseLevel(),
        ],
    )


ADDRESS = cl.CustomComparison(
    output_column_name="address",
    comparison_levels=[
        cll.NullLevel("town"),
        cll.And(cll.ExactMatchLevel("block"), cll.ExactMatchLevel("building")).configure(
            tf_adjustment_column="block", disable_tf_exact_match_detection=True, label_for_charts="block and building"
        ),
        cll.ExactMatchLevel("block", term_frequency_adjustments=True),
        cll.LevenshteinLevel("block", 2),
        cll.ExactMatchLevel("town", term_frequency_adjustments=True),
        cll.JaroWinklerLevel("town", 0.88),
        cll.ElseLevel(),
    ],
)

# Each pass covers a way in which another one fails; the same ways as himozuke's.
BLOCKING = [
    block_on("birth_date", "family_kanji"),
    block_on("birth_date", "given_kanji"),
    block_on("birth_date", "family_kana"),
    block_on("birth_date", "given_kana"),
    block_on("birth_date", "full_kanji"),
    block_on("birth_date", "full_kana"),
    block_on("birth_date", "block"),
    block_on("full_kanji", "town"),
    block_on("full_kana", "town"),
]

# The deterministic rules that Splink estimates the share of matches from, and how much of it they are thought to find.
CERTAIN = [block_on("full_kanji", "birth_date"), block_on("full_kana", "birth_date", "sex")]
CERTAIN_RECALL = 0.9

# Each session leaves out what it blocks on; between them everything is estimated at least once.
TRAINING = [block_on("birth_date"), block_on("family_kanji", "given_kanji")]


def settings():
    return SettingsCreator(
        link_type="link_only",
        comparisons=[
            name("family"),
            name("given"),
            cl.DateOfBirthComparison("birth_date", input_is_string=False),
            cl.ExactMatch("sex"),
            ADDRESS,
        ],
        blocking_rules_to_generate_predictions=BLOCKING,
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )


def train(linker, random_pairs):
    linker.training.estimate_probability_two_random_records_match(CERTAIN, recall=CERTAIN_RECALL)
    linker.training.estimate_u_using_random_sampling(max_pairs=random_pairs, seed=1)
    for rule in TRAINING:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
