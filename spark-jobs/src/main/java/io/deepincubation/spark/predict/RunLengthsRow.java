package io.deepincubation.spark.predict;

import io.deepincubation.core.data.annotation.RunLengths;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Masks as structs of COCO's run lengths, as its tools and {@code prepare} read them. */
final class RunLengthsRow {

  /** Height and width, and the compressed text. */
  static final StructType TYPE =
      new StructType()
          .add("size", DataTypes.createArrayType(DataTypes.IntegerType, false), false)
          .add("counts", DataTypes.StringType, false);

  private RunLengthsRow() {}

  static Row of(RunLengths mask) {
    Integer[] size = {mask.height(), mask.width()};
    return RowFactory.create(size, mask.compressed());
  }
}
