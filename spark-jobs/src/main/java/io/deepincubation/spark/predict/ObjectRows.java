package io.deepincubation.spark.predict;

import io.deepincubation.core.data.annotation.Box;
import io.deepincubation.core.data.annotation.RunLengths;
import io.deepincubation.core.detection.DetectedObject;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Objects that were found on an image, as an array of structs, by falling score. */
public final class ObjectRows {

  /** Class by name and number, score, box as COCO has it (x, y, width, height), and mask. */
  public static final DataType TYPE =
      DataTypes.createArrayType(
          new StructType()
              .add("label", DataTypes.StringType, false)
              .add("index", DataTypes.IntegerType, false)
              .add("score", DataTypes.DoubleType, false)
              .add("box", DataTypes.createArrayType(DataTypes.DoubleType, false), false)
              .add("mask", RunLengthsRow.TYPE, true),
          false);

  private ObjectRows() {}

  static Row[] of(List<DetectedObject> objects, List<String> classNames) {
    return objects.stream().map(object -> row(object, classNames)).toArray(Row[]::new);
  }

  private static Row row(DetectedObject object, List<String> classNames) {
    RunLengths mask = object.mask();
    Box box = object.box();
    Double[] sides = {box.x0(), box.y0(), box.x1() - box.x0(), box.y1() - box.y0()};
    return RowFactory.create(
        classNames.get(object.classIndex()),
        object.classIndex(),
        object.score(),
        sides,
        mask == null ? null : RunLengthsRow.of(mask));
  }
}
