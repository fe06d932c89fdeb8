package io.deepincubation.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.annotation.RunLengths;
import io.deepincubation.core.data.augment.SceneScales;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.detection.DetectedObject;
import io.deepincubation.core.inference.Detector;
import io.deepincubation.core.inference.ModelFolder;
import io.deepincubation.core.inference.Segmenter;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.storage.LocalStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The classes of pixels, and objects, in tables of images. */
class MaskedTablesTest {

  private static final int IMAGES = 9;

  @TempDir private static Path folder;

  private static SparkSession spark;

  @BeforeAll
  static void start() {
    DenseModels.segmentation(folder.resolve("model"));
    DenseModels.detection(folder.resolve("detector"));
    spark = TinyRuns.spark(folder.resolve("cache"), "org.apache.spark.serializer.KryoSerializer");
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static IncubatedModel model() {
    return IncubatedModel.load(spark, folder.resolve("model").toUri().toString());
  }

  private static Dataset<Row> frame(List<? extends byte @Nullable []> images) {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < images.size(); i++) {
      rows.add(RowFactory.create(i, images.get(i)));
    }
    StructType schema =
        new StructType().add("id", DataTypes.IntegerType).add("content", DataTypes.BinaryType);
    return spark.createDataFrame(rows, schema).repartition(3);
  }

  private static List<byte[]> images() {
    var images = new ArrayList<byte[]>();
    for (int i = 0; i < IMAGES; i++) {
      images.add(DenseModels.png(i));
    }
    return images;
  }

  /** What one process tells of the images. */
  private static List<LabelMap> alone() throws IOException {
    var masks = new ArrayList<LabelMap>();
    var compute = new Compute(Device.cpu(), Arithmetic.FP32, 1);
    var opened = ModelFolder.open(new LocalStorage(folder.resolve("model")));
    try (var segmenter = new Segmenter(opened, compute)) {
      for (byte[] image : images()) {
        masks.add(segmenter.classes(Picture.of(image), SceneScales.ONE));
      }
    }
    return masks;
  }

  @Test
  void haveTheMasksOfOneProcess() throws IOException {
    List<Row> rows = model().transform(frame(images())).orderBy("id").collectAsList();

    List<LabelMap> expected = alone();
    assertThat(rows).hasSize(IMAGES);
    for (int i = 0; i < IMAGES; i++) {
      LabelMap found = LabelMap.ofPng(rows.get(i).getAs("mask"));
      assertThat(found.height()).isEqualTo(expected.get(i).height());
      assertThat(found.values()).isEqualTo(expected.get(i).values());
      assertThat(rows.get(i).<String>getAs("reason")).isNull();
    }
  }

  @Test
  void haveRunLengthsOfEachClassWhereAskedFor() throws IOException {
    Dataset<Row> scored = model().setMaskForm("rle").setMaskCol("areas").transform(frame(images()));
    Row first = scored.where("id = 0").first();

    LabelMap expected = alone().get(0);
    List<Row> areas = first.getList(first.fieldIndex("areas"));
    assertThat(areas).hasSizeGreaterThan(1);
    assertThat(areas.stream().mapToLong(area -> mask(area).area()).sum())
        .isEqualTo(expected.values().length);
    for (Row area : areas) {
      int label = area.getInt(1);
      boolean[] bits = mask(area).bits();
      assertThat(area.getString(0)).isEqualTo(DenseModels.CLASSES.get(label));
      for (int i = 0; i < bits.length; i++) {
        assertThat(bits[i]).isEqualTo(expected.values()[i] == label);
      }
    }
  }

  private static RunLengths mask(Row area) {
    return runLengths(area.getStruct(2));
  }

  private static RunLengths runLengths(Row mask) {
    List<Integer> size = mask.getList(0);
    return RunLengths.parse(mask.getString(1), size.get(0), size.get(1));
  }

  @Test
  void sayWhyAnImageHasNoMask() {
    byte[] png = DenseModels.png(1);
    Dataset<Row> images = frame(Arrays.asList(null, Arrays.copyOf(png, 300), new byte[3], png));

    List<Row> rows = model().transform(images).orderBy("id").collectAsList();
    assertThat(rows.subList(0, 3)).allMatch(row -> row.getAs("mask") == null);
    assertThat(rows)
        .extracting(row -> row.<String>getAs("reason"))
        .satisfiesExactly(
            reason -> assertThat(reason).isEqualTo("expected an image, got none"),
            reason -> assertThat(reason).startsWith("expected a whole image, got a damaged one"),
            reason -> assertThat(reason).startsWith("expected a PNG or JPEG file, got 3"),
            reason -> assertThat(reason).isNull());
    assertThat(model().setHandleInvalid("skip").transform(images).count()).isOne();
    assertThatThrownBy(() -> model().setHandleInvalid("error").transform(images).collectAsList())
        .hasStackTraceContaining("Cannot score an image: expected a");
  }

  @Test
  void keepTheirColumnsAndNameTheClasses() {
    StructType schema = model().transform(frame(images())).schema();

    assertThat(schema.fieldNames()).containsExactly("id", "content", "mask", "reason");
    assertThat(schema.apply("mask").metadata().getMetadata("ml_attr").getStringArray("vals"))
        .containsExactly("wall", "door", "window");
    assertThat(model().setReasonCol("").transformSchema(frame(images()).schema()).fieldNames())
        .containsExactly("id", "content", "mask");
    assertThatThrownBy(() -> model().setMaskCol("content").transform(frame(images())))
        .hasMessageContaining("Cannot add column content: expected a free name")
        .hasMessageContaining("setMaskCol and setReasonCol");
  }

  @Test
  void haveTheObjectsOfOneProcess() throws IOException {
    IncubatedModel model =
        IncubatedModel.load(spark, folder.resolve("detector").toUri().toString());
    List<byte[]> images = new ArrayList<>(images());
    images.add(new byte[3]);
    List<Row> rows = model.transform(frame(images)).orderBy("id").collectAsList();

    assertThat(rows.get(IMAGES).<Object>getAs("objects")).isNull();
    assertThat(rows.get(IMAGES).<String>getAs("reason")).startsWith("expected a PNG");
    var compute = new Compute(Device.cpu(), Arithmetic.FP32, 1);
    var opened = ModelFolder.open(new LocalStorage(folder.resolve("detector")));
    try (var detector = new Detector(opened, compute)) {
      for (int i = 0; i < IMAGES; i++) {
        List<DetectedObject> expected = detector.objects(Picture.of(images().get(i)));
        List<Row> found = rows.get(i).getList(rows.get(i).fieldIndex("objects"));
        assertThat(found).hasSameSizeAs(expected).isNotEmpty();
        for (int k = 0; k < found.size(); k++) {
          same(found.get(k), expected.get(k));
        }
      }
    }
  }

  private static void same(Row found, DetectedObject expected) {
    List<Double> box = found.getList(3);
    assertThat(found.getString(0)).isEqualTo(DenseModels.CLASSES.get(expected.classIndex()));
    assertThat(found.getInt(1)).isEqualTo(expected.classIndex());
    assertThat(found.getDouble(2)).isEqualTo(expected.score());
    assertThat(box.get(0)).isEqualTo(expected.box().x0());
    assertThat(box.get(1) + box.get(3)).isCloseTo(expected.box().y1(), within(1e-9));
    assertThat(runLengths(found.getStruct(4))).isEqualTo(expected.mask());
  }
}
