package io.deepincubation.core.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.deepincubation.core.data.pixels.UnfitDataException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TokenizerTest {

  /** The numbers of the special tokens, of {@link Vocabulary}'s order. */
  private static final int UNKNOWN = 1;

  private static final int WHOLE_TEXT = 2;

  private static final String FILE =
      Vocabulary.tokenizer(Map.of("the", 9L, "cat", 5L, "sat", 4L, "!", 1L), 24);

  private static JsonObject vocabulary() {
    return JsonParser.parseString(FILE)
        .getAsJsonObject()
        .getAsJsonObject("model")
        .getAsJsonObject("vocab");
  }

  private static int number(String token) {
    return vocabulary().get(token).getAsInt();
  }

  @Test
  void wordsAreWholeOrOfTheirCharacters() {
    Tokenizer tokenizer = Tokenizer.of(FILE, 8);
    assertThat(tokenizer.tokens("The Cat sat!"))
        .containsExactly(WHOLE_TEXT, number("the"), number("cat"), number("sat"), number("!"));
    assertThat(tokenizer.tokens("hat"))
        .as("no token of it begins a word")
        .containsExactly(WHOLE_TEXT, UNKNOWN);
    assertThat(tokenizer.tokens("tat"))
        .containsExactly(WHOLE_TEXT, number("t"), number("##a"), number("##t"));
  }

  @Test
  void caseAndAccentsDoNotCount() {
    assertThat(Tokenizer.of(FILE, 8).tokens("THÉ cát"))
        .containsExactly(WHOLE_TEXT, number("the"), number("cat"));
    assertThat(Vocabulary.words("Thé CAT, don't!"))
        .containsExactly("the", "cat", ",", "don", "'", "t", "!");
  }

  @Test
  void longTextsAreCutAndShortOnesFilledUp() {
    Tokenizer tokenizer = Tokenizer.of(FILE, 4);
    assertThat(tokenizer.values("the cat sat the cat"))
        .containsExactly(WHOLE_TEXT, number("the"), number("cat"), number("sat"));
    assertThat(tokenizer.values("the")).containsExactly(WHOLE_TEXT, number("the"), -1, -1);
  }

  @Test
  void knowsTheSizeOfItsVocabulary() {
    assertThat(Tokenizer.of(FILE, 4).vocabulary()).isEqualTo(vocabulary().size());
    assertThat(
            JsonParser.parseString(Vocabulary.tokenizer(Map.of("the", 9L, "cat", 5L), 6))
                .getAsJsonObject()
                .getAsJsonObject("model")
                .getAsJsonObject("vocab")
                .keySet())
        .as("of characters that come as often, those first in the alphabet")
        .containsExactly("[PAD]", "[UNK]", "[CLS]", "[SEP]", "##e", "##h");
  }

  @Test
  void refusesWhatIsNoTokenizer() {
    for (String text : new String[] {"", "no JSON", "{}", "{\"model\": {\"vocab\": 3}}"}) {
      assertThatThrownBy(() -> Tokenizer.of(text, 8))
          .isInstanceOf(UnfitDataException.class)
          .hasMessageStartingWith("Cannot read a tokenizer: expected a tokenizer.json of");
    }
  }

  @Test
  void refusesATokenizerWithoutATokenForTheWholeText() {
    JsonObject file = JsonParser.parseString(FILE).getAsJsonObject();
    file.remove("post_processor");
    assertThatThrownBy(() -> Tokenizer.of(file.toString(), 8))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("such as [CLS], before each")
        .hasMessageEndingWith("got 0 tokens of an empty text");
  }
}
