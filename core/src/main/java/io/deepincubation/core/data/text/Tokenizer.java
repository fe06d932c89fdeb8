package io.deepincubation.core.data.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.deepincubation.core.data.pixels.UnfitDataException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Cuts texts into tokens, by a {@value #FILE} of Hugging Face's tokenizers. Threads may use it at
 * once.
 *
 * <p>Its first token stands for the whole text, as BERT's {@code [CLS]} does.
 */
public final class Tokenizer {

  /** The name of a tokenizer's file, in sets and in models. */
  public static final String FILE = "tokenizer.json";

  /** What a network gets where a text has no more tokens. */
  public static final int NO_TOKEN = -1;

  /** Those of this process, which keeps them: they are few, and hold native memory. */
  private static final Map<Key, Tokenizer> ALL = new ConcurrentHashMap<>();

  private final HuggingFaceTokenizer tokenizer;
  private final String json;
  private final int vocabulary;
  private final int length;

  private record Key(String json, int length) {}

  private Tokenizer(HuggingFaceTokenizer tokenizer, String json, int vocabulary, int length) {
    this.tokenizer = tokenizer;
    this.json = json;
    this.vocabulary = vocabulary;
    this.length = length;
  }

  /**
   * A tokenizer, made once a process.
   *
   * @param json the text of a {@value #FILE}
   * @param length tokens of a text at most; longer texts are cut
   * @throws UnfitDataException if it is no tokenizer, or one without a token for the whole text
   */
  public static Tokenizer of(String json, int length) {
    return ALL.computeIfAbsent(new Key(json, length), key -> read(json, length));
  }

  private static Tokenizer read(String json, int length) {
    int vocabulary = vocabulary(json);
    Tokenizer read = new Tokenizer(load(json, length), json, vocabulary, length);
    if (read.tokens("").length != 1 || length < 2) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot use a tokenizer for texts of %d tokens: expected one that puts a token for"
                  + " the whole text, such as [CLS], before each, and 2 tokens or more, got %d"
                  + " tokens of an empty text",
              length,
              read.tokens("").length));
    }
    return read;
  }

  private static HuggingFaceTokenizer load(String json, int length) {
    var options =
        Map.of("truncation", "true", "maxLength", Integer.toString(length), "padding", "false");
    try {
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(bytes), options);
    } catch (IOException | RuntimeException e) {
      throw unreadable(e);
    }
  }

  private static UnfitDataException unreadable(Exception cause) {
    return new UnfitDataException(
        String.format(
            Locale.ROOT,
            "Cannot read a tokenizer: expected a %s of Hugging Face's tokenizers, got %s",
            FILE,
            cause.getMessage()),
        cause);
  }

  /** Above the numbers of all tokens. */
  private static int vocabulary(String json) {
    try {
      JsonObject file = JsonParser.parseString(json).getAsJsonObject();
      int highest = -1;
      JsonElement model = file.getAsJsonObject("model").get("vocab");
      if (model.isJsonArray()) {
        highest = model.getAsJsonArray().size() - 1;
      } else {
        for (Map.Entry<String, JsonElement> token : model.getAsJsonObject().entrySet()) {
          highest = Math.max(highest, token.getValue().getAsInt());
        }
      }
      for (JsonElement added : file.getAsJsonArray("added_tokens")) {
        highest = Math.max(highest, added.getAsJsonObject().get("id").getAsInt());
      }
      return highest + 1;
    } catch (JsonParseException
        | IllegalStateException
        | NullPointerException
        | UnsupportedOperationException
        | ClassCastException e) {
      throw unreadable(e);
    }
  }

  /** The text of its {@value #FILE}. */
  public String json() {
    return json;
  }

  /** A number that all tokens' numbers are below. */
  public int vocabulary() {
    return vocabulary;
  }

  /** Tokens of a text at most. */
  public int length() {
    return length;
  }

  /** The numbers of a text's tokens, at most {@link #length}. */
  public int[] tokens(String text) {
    return Arrays.stream(tokenizer.encode(text).getIds()).mapToInt(Math::toIntExact).toArray();
  }

  /**
   * What a network gets of a text.
   *
   * @return {@link #length} numbers of tokens, {@value #NO_TOKEN} behind the last
   */
  public float[] values(String text) {
    var values = new float[length];
    write(tokens(text), values, 0, length);
    return values;
  }

  /**
   * Writes what a network gets of a text.
   *
   * @param tokens of the text, at most {@code length}
   * @param into receives {@code length} values
   * @param offset where they start
   */
  public static void write(int[] tokens, float[] into, int offset, int length) {
    for (int place = 0; place < length; place++) {
      into[offset + place] = place < tokens.length ? tokens[place] : NO_TOKEN;
    }
  }
}
