package io.deepincubation.spark.predict;

import io.deepincubation.core.data.annotation.LabelMap;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** How the classes of an image's pixels are written. */
public enum MaskForm {
  /** The file of a grey picture of the image's size, whose levels are the classes' numbers. */
  PNG,
  /** The name, number and run lengths of each class that is on the image, by rising number. */
  RLE;

  private static final StructType REGION =
      new StructType()
          .add("label", DataTypes.StringType, false)
          .add("index", DataTypes.IntegerType, false)
          .add("mask", RunLengthsRow.TYPE, false);

  /** The word that users write. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The choice of a word that users write. */
  public static MaskForm named(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** The type of a column. */
  public DataType type() {
    return this == PNG ? DataTypes.BinaryType : DataTypes.createArrayType(REGION, false);
  }

  /** A value of a column. */
  Object of(LabelMap mask, List<String> classNames) {
    return this == PNG ? mask.png() : regions(mask, classNames);
  }

  private static Row[] regions(LabelMap mask, List<String> classNames) {
    return mask.regions().entrySet().stream()
        .map(
            region ->
                RowFactory.create(
                    classNames.get(region.getKey()),
                    region.getKey(),
                    RunLengthsRow.of(region.getValue())))
        .toArray(Row[]::new);
  }
}
