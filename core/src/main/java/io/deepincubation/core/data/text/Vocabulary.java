package io.deepincubation.core.data.text;

import com.google.gson.GsonBuilder;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Makes a tokenizer of the words of some texts, as BERT's uncased ones are (WordPiece): its tokens
 * are the most frequent words whole, and the characters of all others.
 */
public final class Vocabulary {

  /** Tokens 0 to 3: nothing, what is not known, a whole text, and the end of one. */
  private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]");

  /** What stands before a token that does not begin a word. */
  private static final String INSIDE = "##";

  private static final String FILE =
      """
      {
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": [%1$s],
        "normalizer": {
          "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
          "strip_accents": true, "lowercase": true
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
          "type": "TemplateProcessing",
          "single": [
            {"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}
          ],
          "pair": [
            {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
            {"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}
          ],
          "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]}}
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
        "model": {
          "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
          "max_input_chars_per_word": 100,
          "vocab": %2$s
        }
      }
      """;

  private static final String ADDED =
      """
      {"id": %d, "content": "%s", "single_word": false, "lstrip": false, "rstrip": false, \
      "normalized": false, "special": true}\
      """;

  private static final Pattern ACCENTS = Pattern.compile("\\p{Mn}+");

  /** Words, and each mark by itself. */
  private static final Pattern WORD = Pattern.compile("[\\p{P}\\p{S}]|[^\\p{P}\\p{S}\\s\\p{C}]+");

  private Vocabulary() {}

  /** The words of a text and its marks, in lower case, without accents. */
  public static List<String> words(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    String plain = ACCENTS.matcher(Normalizer.normalize(lower, Normalizer.Form.NFD)).replaceAll("");
    return WORD.matcher(plain).results().map(MatchResult::group).toList();
  }

  /**
   * The text of a {@value Tokenizer#FILE}, a pure function of the arguments.
   *
   * @param counts how often each word comes
   * @param size tokens at most; where characters alone are more, the rarest are left out
   */
  public static String tokenizer(Map<String, Long> counts, int size) {
    var numbers = new LinkedHashMap<String, Integer>();
    tokens(counts, size).forEach(token -> numbers.put(token, numbers.size()));
    List<String> added =
        SPECIAL.stream()
            .map(token -> String.format(Locale.ROOT, ADDED, numbers.get(token), token))
            .toList();
    String vocabulary = new GsonBuilder().disableHtmlEscaping().create().toJson(numbers);
    return String.format(Locale.ROOT, FILE, String.join(", ", added), vocabulary);
  }

  /** Special tokens, characters, then words; the most frequent first. */
  private static List<String> tokens(Map<String, Long> counts, int size) {
    var characters = new TreeMap<String, Long>();
    counts.forEach((word, count) -> addCharacters(word, count, characters));
    Set<String> tokens = new LinkedHashSet<>(SPECIAL);
    tokens.addAll(byFrequency(characters));
    tokens.addAll(byFrequency(counts));
    return tokens.stream().limit(Math.max(size, SPECIAL.size())).toList();
  }

  private static void addCharacters(String word, long count, Map<String, Long> characters) {
    for (int i = 0; i < word.length(); i = word.offsetByCodePoints(i, 1)) {
      String character = Character.toString(word.codePointAt(i));
      characters.merge(i == 0 ? character : INSIDE + character, count, Long::sum);
    }
  }

  private static List<String> byFrequency(Map<String, Long> counts) {
    var sorted = new ArrayList<>(counts.entrySet());
    sorted.sort(
        Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
            .thenComparing(Map.Entry.comparingByKey()));
    return sorted.stream().map(Map.Entry::getKey).toList();
  }
}
