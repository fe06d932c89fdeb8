package io.deepincubation.spark.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.annotation.Box;
import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.annotation.MaskRule;
import io.deepincubation.core.data.annotation.RunLengths;
import io.deepincubation.core.data.annotation.SceneObject;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.ImageFitting;
import io.deepincubation.core.data.set.ImageFitting.Encoding;
import io.deepincubation.core.data.set.LocalImageCache;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.data.set.SceneForm;
import io.deepincubation.core.data.set.SceneKind;
import io.deepincubation.core.data.set.SceneTable;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.LocalStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets of dense tasks, of files and of tables. */
class ScenesTest {

  private static final int HEIGHT = 12;
  private static final int WIDTH = 16;
  private static final int TRAIN = 6;
  private static final String COCO =
      """
      {"annotations": [
        {"id": 1, "image_id": 10, "category_id": 7, "bbox": [2, 3, 4, 5], "iscrowd": 0,
         "area": 20, "segmentation": [[2, 3, 6, 3, 6, 8, 2, 8]]},
        {"id": 2, "image_id": 10, "category_id": 3, "bbox": [-4, 2, 8, 4], "area": 32},
        {"id": 3, "image_id": 10, "category_id": 3, "bbox": [40, 2, 8, 4], "area": 32},
        {"id": 4, "image_id": 10, "category_id": 3, "bbox": [5, 5, 0, 4], "area": 0},
        {"id": 5, "image_id": 11, "category_id": 90, "bbox": [0, 0, 1, 12], "iscrowd": 1,
         "area": 12, "segmentation": {"size": [12, 16], "counts": [0, 12, 180]}},
        {"id": 6, "image_id": 999, "category_id": 3, "bbox": [5, 5, 2, 4]}
       ],
       "images": [
        {"id": 10, "file_name": "0.png", "height": 12, "width": 16},
        {"id": 11, "file_name": "1.png", "height": 12, "width": 16},
        {"id": 12, "file_name": "2.png", "height": 12, "width": 16}
       ],
       "categories": [
        {"id": 90, "name": "zebra"}, {"id": 3, "name": "car"}, {"id": 7, "name": "ant"}
       ]}
      """;

  private static SparkSession session;

  private final Path folder;

  ScenesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeAll
  static void startSpark() {
    session = Sessions.start("scenes");
  }

  @AfterAll
  static void stopSpark() {
    session.stop();
  }

  @Test
  void pairsImagesWithTheMasksOfTheirNames() throws IOException {
    writeMasks();
    Files.writeString(folder.resolve("masks/train/stray.png"), "no image of this name");

    Prepared prepared = job().run(masks());

    DataIndex index = prepared.index();
    assertThat(index.scenes()).isEqualTo(SceneForm.masks(255, TRAIN));
    assertThat(index.classNames()).containsExactly("1", "2", "3");
    assertThat(index.count("train")).isEqualTo(TRAIN);
    assertThat(index.count("val")).isEqualTo(2);
    assertThat(index.classCounts().get("train")).containsExactly(2, 2, 2);
    assertThat(prepared.leftOut().counts()).isEqualTo(Map.of("masks without an image", 1L));
    assertThat(prepared.remarks()).isEmpty();
    assertThat(session.read().parquet(folder + "/to/train").columns())
        .containsExactly("image", "mask", "label");
    SceneTable table = open(SceneKind.SEGMENTATION);
    for (int i = 0; i < TRAIN; i++) {
      LabelMap mask = table.mask(i);
      int shown = (table.picture(i).pixels().values()[0] & 0xFF) / 10;
      assertThat(mask.at(0, 0)).isEqualTo(255);
      assertThat(mask.at(6, 4)).isEqualTo(shown % 3);
    }
    assertThat(folder.resolve("to/contact-sheet.png")).exists();
    assertThat(job().run(masks()).outcome()).isEqualTo(Prepared.Outcome.SAME);
  }

  @Test
  void makesTheSameSetOfATable() throws IOException {
    writeMasks();
    DataIndex ofFiles = job().run(masks()).index();
    var rows = new ArrayList<Row>();
    for (int i = 0; i < TRAIN + 2; i++) {
      rows.add(RowFactory.create(image(i), mask(1 + i % 3).png(), i < TRAIN ? "train" : "val"));
    }
    session
        .createDataFrame(
            rows,
            new StructType()
                .add("image", DataTypes.BinaryType)
                .add("seg", DataTypes.BinaryType)
                .add("part", DataTypes.StringType))
        .createOrReplaceTempView("masks");

    DataIndex ofTable =
        job()
            .run(
                Preparation.of("masks", folder + "/table")
                    .columns(new Columns("image", "label", "part"))
                    .scenes(
                        Scenes.of(SceneKind.SEGMENTATION)
                            .columns(new Scenes.Columns("seg", "", ""))
                            .numbers(true, MaskRule.NONE)))
            .index();

    assertThat(ofTable).isEqualTo(ofFiles);
  }

  @Test
  void listsWhatDoesNotFitItsMask() throws IOException {
    writeMasks();
    Files.write(folder.resolve("masks/train/0.png"), mask(1).resized(8, 8).png());
    Files.write(folder.resolve("masks/train/1.png"), mask(9).png());
    Files.delete(folder.resolve("masks/train/2.png"));
    Files.write(folder.resolve("names.txt"), List.of("wall", "door", "roof"));

    Prepared prepared =
        job()
            .run(
                Preparation.of(folder + "/images", folder + "/to")
                    .maxRejected(0.5)
                    .scenes(scenes().classNames(folder + "/names.txt")));

    assertThat(prepared.index().classNames()).containsExactly("wall", "door", "roof");
    assertThat(prepared.index().count("train")).isEqualTo(3);
    assertThat(reasons())
        .containsExactlyInAnyOrder(
            "expected a mask of the image's size 12 x 16, got one of 8 x 8",
            "expected a mask of class numbers from 1 to 3, got 9 in row 4 and column 0",
            "expected a mask of its name in file:" + folder + "/masks, got none");
  }

  @Test
  void shrinksImagesWithTheirMasks() throws IOException {
    writeMasks();

    job().run(masks().fitting(new ImageFitting(0, 6, Encoding.KEEP)));

    SceneTable table = open(SceneKind.SEGMENTATION);
    assertThat(table.picture(0).height()).isEqualTo(6);
    assertThat(table.mask(0).height()).isEqualTo(6);
    assertThat(table.mask(0).width()).isEqualTo(8);
  }

  @Test
  void refusesFoldersWithoutMasksAndSquares() throws IOException {
    writeMasks();
    Scenes elsewhere = scenes().masks(folder + "/images/val");

    assertThatThrownBy(
            () -> job().run(Preparation.of(folder + "/images", folder + "/to").scenes(elsewhere)))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected PNG files of the names of images of")
        .hasMessageEndingWith("such as train/0.png, got none");
    assertThatThrownBy(() -> masks().fitting(new ImageFitting(8, 0, Encoding.KEEP)))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "Cannot prepare a training set: expected --shorter-side for images of a dense task, got"
                + " --image-size");
    assertThatThrownBy(() -> masks().subset(new Subset(0.5, true, 0)))
        .isInstanceOf(UsageException.class)
        .hasMessageEndingWith(
            "expected a part of all images of a dense task, got one of each class");
    assertThatThrownBy(
            () ->
                job()
                    .run(
                        Preparation.of(folder + "/images", folder + "/to")
                            .scenes(Scenes.of(SceneKind.SEGMENTATION))))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageEndingWith(
            "expected a table, got files of format image-folder; give --masks or --annotations for"
                + " image files");
  }

  @Test
  void readsObjectsOfCocosJson() throws IOException {
    writeCoco();

    Prepared prepared = job().run(coco());

    DataIndex index = prepared.index();
    assertThat(index.classNames()).containsExactly("car", "ant", "zebra");
    assertThat(index.scenes()).isEqualTo(SceneForm.objects(2, 1));
    assertThat(index.classCounts().get("train")).containsExactly(1, 1, 0);
    assertThat(index.count("train")).isEqualTo(3);
    assertThat(prepared.leftOut().counts()).isEqualTo(Map.of("images that are not listed", 3L));
    assertThat(prepared.remarks())
        .contains(
            "1 images have annotations but are not listed in their file: left out",
            "2 boxes went over the edge of their image: clipped",
            "2 objects have no area in their image: left out");
    SceneTable table = open(SceneKind.DETECTION);
    List<SceneObjects> all = IntStream.range(0, 3).mapToObj(table::objects).toList();
    assertThat(all).anyMatch(objects -> objects.objects().isEmpty());
    assertThat(all).anySatisfy(ScenesTest::assertObjects);
    SceneObject crowd =
        new SceneObject(
            2,
            new Box(0, 0, 1, 12),
            RunLengths.ofCounts(new int[] {0, 12, 180}, HEIGHT, WIDTH),
            /* crowd= */ true,
            12);
    assertThat(all).contains(new SceneObjects(HEIGHT, WIDTH, List.of(crowd)));
    assertThat(job().run(coco()).outcome()).isEqualTo(Prepared.Outcome.SAME);
  }

  private static void assertObjects(SceneObjects found) {
    assertThat(found.objects()).hasSize(2);
    SceneObject outlined = found.objects().get(0);
    assertThat(outlined.classIndex()).isEqualTo(1);
    assertThat(outlined.mask()).isNotNull();
    assertThat(outlined.box()).isEqualTo(new Box(2, 3, 6, 8));
    assertThat(found.objects().get(1))
        .isEqualTo(new SceneObject(0, new Box(0, 2, 4, 6), null, false, 32));
  }

  @Test
  void readsObjectsOfATable() {
    var rows = new ArrayList<Row>();
    rows.add(
        RowFactory.create(
            image(0),
            List.of("car", "ant"),
            List.of(List.of(2.0, 3.0, 4.0, 5.0), List.of(0.0, 0.0, 2.0, 2.0)),
            List.of(square().compressed(), square().compressed())));
    rows.add(RowFactory.create(image(1), List.of(), List.of(), List.of()));
    rows.add(RowFactory.create(image(2), List.of("car"), List.of(), List.of()));
    session
        .createDataFrame(
            rows,
            new StructType()
                .add("image", DataTypes.BinaryType)
                .add("kinds", DataTypes.createArrayType(DataTypes.StringType))
                .add(
                    "bbox",
                    DataTypes.createArrayType(DataTypes.createArrayType(DataTypes.DoubleType)))
                .add("rle", DataTypes.createArrayType(DataTypes.StringType)))
        .createOrReplaceTempView("objects");

    Prepared prepared =
        job()
            .run(
                Preparation.of("objects", folder + "/to")
                    .columns(new Columns("image", "kinds", ""))
                    .maxRejected(0.5)
                    .scenes(
                        Scenes.of(SceneKind.DETECTION)
                            .columns(new Scenes.Columns("", "bbox", "rle"))));

    assertThat(prepared.index().classNames()).containsExactly("ant", "car");
    assertThat(prepared.index().count("train")).isEqualTo(2);
    assertThat(reasons())
        .containsExactly("expected a box and an outline for each of 1 classes, got 0 and 0");
    SceneTable table = open(SceneKind.DETECTION);
    List<SceneObjects> all = List.of(table.objects(0), table.objects(1));
    assertThat(all)
        .contains(
            new SceneObjects(HEIGHT, WIDTH, List.of()),
            new SceneObjects(
                HEIGHT,
                WIDTH,
                List.of(
                    SceneObject.of(1, new Box(2, 3, 6, 8), square()),
                    SceneObject.of(0, new Box(0, 0, 2, 2), square()))));
  }

  @Test
  void listsImagesWhoseAnnotationsDoNotFit() throws IOException {
    writeCoco();
    String json =
        COCO.replace("\"category_id\": 90", "\"category_id\": 4")
            .replace("\"2.png\", \"height\": 12", "\"2.png\", \"height\": 13")
            .replace("0.png", "elsewhere.png");
    Files.writeString(folder.resolve("instances_train.json"), json);

    assertThatThrownBy(() -> job().run(coco().maxRejected(1)))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected training images that can be read, got none, and 3");

    assertThat(reasons())
        .containsExactlyInAnyOrder(
            "Cannot read object 0 of it: expected one of the categories, got 4",
            "expected an image of the annotated size 13 x 16, got one of 12 x 16",
            "expected a file of that name, got none");
  }

  @Test
  void tellsWhichFileOfAnnotationsIsMissingOrOfAnotherForm() throws IOException {
    writeCoco();
    String missing = folder + "/instances_val.json";
    String other = folder + "/other_train.json";
    Files.writeString(Path.of(other), "{\"images\": []}");
    Scenes detection = Scenes.of(SceneKind.DETECTION);

    assertThatThrownBy(() -> job().run(coco().scenes(detection.annotations(List.of(missing)))))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot read annotations from "
                + missing
                + ": expected a file of COCO's JSON, got none there; give its place by"
                + " --annotations");
    assertThatThrownBy(() -> job().run(coco().scenes(detection.annotations(List.of(other)))))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot read annotations from "
                + other
                + ": expected COCO's JSON with images, annotations and categories, got 0 images and"
                + " 0 categories");
    assertThatThrownBy(
            () -> job().run(coco().scenes(detection.annotations(List.of(folder + "/x.json")))))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("expected one --annotations SPLIT=FILE for each split");
  }

  private void writeMasks() throws IOException {
    for (int i = 0; i < TRAIN + 2; i++) {
      String split = i < TRAIN ? "train" : "val";
      Files.createDirectories(folder.resolve("images/" + split));
      Files.createDirectories(folder.resolve("masks/" + split));
      Files.write(folder.resolve("images/" + split + "/" + i + ".png"), image(i));
      Files.write(folder.resolve("masks/" + split + "/" + i + ".png"), mask(1 + i % 3).png());
    }
  }

  private void writeCoco() throws IOException {
    Files.createDirectories(folder.resolve("images"));
    for (int i = 0; i < TRAIN; i++) {
      Files.write(folder.resolve("images/" + i + ".png"), image(i));
    }
    Files.writeString(folder.resolve("instances_train.json"), COCO);
  }

  private Scenes scenes() {
    return Scenes.of(SceneKind.SEGMENTATION)
        .masks(folder + "/masks")
        .numbers(/* zeroIsNone= */ true, MaskRule.NONE);
  }

  private Preparation masks() {
    return Preparation.of(folder + "/images", folder + "/to").scenes(scenes());
  }

  private Preparation coco() {
    return Preparation.of(folder + "/images", folder + "/to")
        .scenes(
            Scenes.of(SceneKind.DETECTION).annotations(List.of(folder + "/instances_train.json")));
  }

  private static PrepareJob job() {
    return new PrepareJob(session, LocalStorage::of);
  }

  private SceneTable open(SceneKind kind) {
    PreparedSet set = PreparedSet.open(new LocalStorage(folder.resolve("to")));
    return new LocalImageCache(folder.resolve("cache"), 1 << 20).openScenes(set, "train", kind);
  }

  private List<String> reasons() {
    return session.read().parquet(folder + "/to/rejected").select("reason").collectAsList().stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private static byte[] image(int number) {
    byte[] values = new byte[3 * HEIGHT * WIDTH];
    Arrays.fill(values, (byte) (10 * number));
    return ImageFiles.png(new Pixels(values, HEIGHT, WIDTH));
  }

  /** A number in rows 4 to 7, 0 elsewhere. */
  private static LabelMap mask(int number) {
    var values = new char[HEIGHT * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = (char) (i / WIDTH / 4 == 1 ? number : 0);
    }
    return new LabelMap(values, HEIGHT, WIDTH);
  }

  private static RunLengths square() {
    return RunLengths.ofCounts(
        new int[] {3 * HEIGHT, 5, HEIGHT * WIDTH - 3 * HEIGHT - 5}, HEIGHT, WIDTH);
  }
}
