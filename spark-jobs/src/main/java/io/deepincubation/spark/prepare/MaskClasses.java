package io.deepincubation.spark.prepare;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.annotation.MaskRule;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/** The classes that masks tell. */
final class MaskClasses {

  private static final int BYTE = 255;
  private static final int WORD = 65535;

  private MaskClasses() {}

  /**
   * The names that a file gives, or else the numbers up to the highest in all masks, which are read
   * once for that.
   *
   * @throws UnfitDataException if the file gives none, or the masks have no class
   */
  static List<String> of(JavaRDD<RawSample> samples, Scenes scenes, StorageFactory storages) {
    if (!scenes.classNames().isEmpty()) {
      return named(scenes.classNames(), storages);
    }
    int ignored = scenes.ignored();
    Tuple2<Integer, Integer> highest =
        samples
            .map(sample -> highest(sample.annotation(), ignored))
            .fold(
                new Tuple2<>(-1, -1),
                (one, other) ->
                    new Tuple2<>(Math.max(one._1(), other._1()), Math.max(one._2(), other._2())));
    int number = highest._2() > BYTE ? highest._2() : highest._1();
    int first = scenes.reduceZero() ? 1 : 0;
    if (number < first) {
      throw new UnfitDataException(
          "Cannot read masks: expected numbers of classes from " + first + ", got none");
    }
    MaskRule rule = MaskRule.counted(number, scenes.reduceZero(), ignored);
    return IntStream.range(0, rule.classes())
        .mapToObj(each -> Integer.toString(each + first))
        .toList();
  }

  /** The highest number of a mask but 255, and with it; those that are no class left out. */
  private static Tuple2<Integer, Integer> highest(byte[] mask, int ignored) {
    int below = -1;
    int any = -1;
    try {
      for (char number : LabelMap.ofPng(mask).values()) {
        if (number != ignored && number != WORD) {
          any = Math.max(any, number);
          below = number == BYTE ? below : Math.max(below, number);
        }
      }
    } catch (IOException e) {
      return new Tuple2<>(-1, -1); // Rejected later, with the reason.
    }
    return new Tuple2<>(below, any);
  }

  private static List<String> named(String uri, StorageFactory storages) {
    try {
      String text = new String(ContentForm.read(uri, storages), StandardCharsets.UTF_8);
      if (text.strip().startsWith("{")) {
        throw new IOException("expected a line for each or a JSON array, got a JSON object");
      }
      List<String> names = text.strip().startsWith("[") ? array(text) : lines(text);
      if (names.isEmpty()) {
        throw new IOException("expected a name for each class, got none");
      }
      return names;
    } catch (IOException | JsonParseException | IllegalStateException e) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT, "Cannot read the names of classes in %s: %s", uri, e.getMessage()),
          e);
    }
  }

  private static List<String> array(String json) {
    JsonArray names = JsonParser.parseString(json).getAsJsonArray();
    return names.asList().stream().map(JsonElement::getAsString).toList();
  }

  private static List<String> lines(String text) {
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }
}
