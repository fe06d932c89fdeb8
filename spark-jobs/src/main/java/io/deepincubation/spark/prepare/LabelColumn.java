package io.deepincubation.spark.prepare;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_except;
import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.rint;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.deepincubation.core.data.pixels.UnfitDataException;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;

/**
 * A column's labels as texts.
 *
 * @param text of each row, null where it has none; whole numbers have no point
 * @param numbers whether the column is one of numbers
 * @param several whether each label is a set, as a JSON array of texts in their alphabetical order
 */
record LabelColumn(Column text, boolean numbers, boolean several) {

  /** Beyond it not every whole number is a double. */
  private static final double WHOLE = 1e15;

  /** Labels that are texts. */
  static LabelColumn ofTexts(Column text) {
    return new LabelColumn(text, /* numbers= */ false, /* several= */ false);
  }

  /**
   * The labels in a column.
   *
   * @param what the frame is called in messages
   * @throws UnfitDataException if the column holds neither numbers nor texts
   */
  static LabelColumn of(ColumnPath path, String what) {
    Column column = path.column();
    DataType type = path.type();
    if (type instanceof StringType || type instanceof BooleanType) {
      return ofTexts(column.cast("string"));
    }
    if (isWhole(type)) {
      return ofNumbers(column.cast("string"));
    }
    if (type instanceof FloatType || type instanceof DoubleType || type instanceof DecimalType) {
      return ofNumbers(whole(column));
    }
    if (type instanceof ArrayType array
        && (array.elementType() instanceof StringType || isWhole(array.elementType()))) {
      return new LabelColumn(sets(column), isWhole(array.elementType()), /* several= */ true);
    }
    throw new UnfitDataException(
        String.format(
            Locale.ROOT,
            "Cannot read images from %s: expected column %s of numbers or texts, or arrays of"
                + " whole numbers or texts, got %s; cast it to a text, or name another with"
                + " --label-column",
            what,
            String.join(".", path.names()),
            type.simpleString()));
  }

  private static boolean isWhole(DataType type) {
    return type instanceof ByteType
        || type instanceof ShortType
        || type instanceof IntegerType
        || type instanceof LongType;
  }

  private static LabelColumn ofNumbers(Column text) {
    return new LabelColumn(text, /* numbers= */ true, /* several= */ false);
  }

  /** What is null in a set is no label; a set that is null itself is none. */
  private static Column sets(Column column) {
    Column texts = column.cast("array<string>");
    Column distinct = array_except(texts, array(lit(null).cast("string")));
    return when(texts.isNull(), lit(null)).otherwise(to_json(array_sort(distinct)));
  }

  /** The texts of a set. */
  static List<String> ofSet(String json) {
    return JsonParser.parseString(json).getAsJsonArray().asList().stream()
        .map(JsonElement::getAsString)
        .toList();
  }

  /** Whole numbers without their point; no number is no label, as pandas means it. */
  private static Column whole(Column column) {
    Column number = column.cast("double");
    Column isWhole = abs(number).lt(lit(WHOLE)).and(number.equalTo(rint(number)));
    return when(isnan(number), lit(null))
        .when(isWhole, number.cast("bigint").cast("string"))
        .otherwise(column.cast("string"));
  }
}
