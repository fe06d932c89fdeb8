package io.deepincubation.spark;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.method.DeepIncubation;
import io.deepincubation.core.method.Methods;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.spark.ml.ScoringParams;
import io.deepincubation.spark.ml.StageReader;
import io.deepincubation.spark.ml.StageWriter;
import io.deepincubation.spark.predict.InputColumn;
import io.deepincubation.spark.prepare.ColumnPath;
import io.deepincubation.spark.prepare.Labels;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/**
 * Trains an image classifier on the rows of a data frame: an estimator of Spark ML.
 *
 * <pre>{@code
 * IncubatedModel model =
 *     new DeepIncubationClassifier().setBudget("2h").setWorkFolder("s3a://lake/work").fit(images);
 * }</pre>
 *
 * <p>The rows hold images, as {@link IncubatedModel} takes them, and labels: texts, or whole
 * numbers from 0. They are prepared as a training set in the work folder, and the method runs on
 * it, modules as tasks of Spark, by a named recipe, or by one that is written for a budget. Given
 * again with the same rows and settings, {@code fit} goes on where it was, and is done at once
 * where it was done. Fits of one process wait for each other: each takes all that there is.
 *
 * <p>Where labels are numbers, predictions are these numbers; texts are numbered in their
 * alphabetical order, as {@code StringIndexer} does it with {@code alphabetAsc}. Spark ML's
 * evaluators compare numbers: index texts with {@code StringIndexer} first, whose names the model
 * keeps.
 */
@Evolving
public final class DeepIncubationClassifier extends Estimator<IncubatedModel>
    implements ScoringParams<DeepIncubationClassifier>, MLWritable {

  private static final long serialVersionUID = 1L;
  private static final Object ONE_AT_A_TIME = new Object();

  private final String uid;
  private final ScoringParams.Declared scoring;
  private final Param<String> recipe;
  private final Param<String> budget;
  private final StringArrayParam overrides;
  private final Param<String> method;
  private final Param<String> labelCol;
  private final Param<String> labelType;
  private final Param<String> splitCol;
  private final DoubleParam testFraction;
  private final IntParam imageSize;
  private final DoubleParam maxRejected;
  private final Param<String> workFolder;
  private final BooleanParam showProgress;

  /** An estimator with defaults. */
  public DeepIncubationClassifier() {
    this(Identifiable.randomUID("DeepIncubationClassifier"));
  }

  /** An estimator with defaults and this uid. */
  public DeepIncubationClassifier(String uid) {
    this.uid = uid;
    scoring = new ScoringParams.Declared(uid);
    recipe =
        new Param<>(
            uid,
            "recipe",
            "a recipe's name, or its YAML file on the driver; one is written for the budget where"
                + " it is empty");
    budget =
        new Param<>(
            uid,
            "budget",
            "what training may take where no recipe is named: a time of this driver such as 2h, or"
                + " operations such as 100TFLOP");
    overrides =
        new StringArrayParam(
            this, "overrides", "keys of the recipe with other values, such as meta.epochs=30");
    method =
        new Param<>(
            uid,
            "method",
            "how the model is trained, one of " + String.join(", ", Methods.names()),
            ParamValidators.inArray(Methods.names()));
    labelCol = new Param<>(uid, "labelCol", "column of class names or numbers");
    labelType =
        new Param<>(
            uid,
            "labelType",
            "how labels tell classes: numbers, names, or auto, by the column's type",
            ParamValidators.inArray(
                Arrays.stream(Labels.values()).map(DeepIncubationClassifier::word).toList()));
    splitCol =
        new Param<>(
            uid, "splitCol", "column of train, test or val; empty where testFraction decides");
    testFraction =
        new DoubleParam(
            uid,
            "testFraction",
            "part of each class's images that accuracy is measured on, not trained on, where there"
                + " is no splitCol",
            ParamValidators.inRange(0, 1, false, false));
    imageSize =
        new IntParam(
            uid,
            "imageSize",
            "side of the middle square that images become; 0 for what the recipe wants",
            ParamValidators.gtEq(0));
    maxRejected =
        new DoubleParam(
            uid,
            "maxRejected",
            "part of the images that may be unreadable",
            ParamValidators.inRange(0, 1));
    workFolder =
        new Param<>(
            uid,
            "workFolder",
            "where prepared images and runs are kept, on any Hadoop file system that executors"
                + " see; a temporary folder where it is empty");
    showProgress =
        new BooleanParam(uid, "showProgress", "whether the driver tells progress on its output");
    scoring.setDefaults(this);
    setDefault(recipe, "");
    setDefault(budget, "10min");
    setDefault(method, DeepIncubation.NAME);
    setDefault(labelCol, "label");
    setDefault(labelType, word(Labels.AUTO));
    setDefault(splitCol, "");
    setDefault(testFraction, 0.1);
    setDefault(imageSize, 0);
    setDefault(maxRejected, 0.001);
    setDefault(workFolder, "");
    setDefault(showProgress, false);
  }

  private static String word(Labels labels) {
    return labels.name().toLowerCase(Locale.ROOT);
  }

  /** Reads an estimator that {@code save} wrote. */
  public static DeepIncubationClassifier load(String path) {
    return read().load(path);
  }

  /** Reads estimators. */
  public static MLReader<DeepIncubationClassifier> read() {
    return new StageReader<>(DeepIncubationClassifier.class, DeepIncubationClassifier::new);
  }

  @Override
  public MLWriter write() {
    return StageWriter.of(this);
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public ScoringParams.Declared scoring() {
    return scoring;
  }

  @Override
  public DeepIncubationClassifier self() {
    return this;
  }

  /**
   * Trains, or takes what was trained.
   *
   * @throws UnfitDataException if the rows are no images with labels, or do not fit the recipe
   * @throws UsageException if settings do not fit, such as a temporary folder on a cluster
   */
  @Override
  public IncubatedModel fit(Dataset<?> images) {
    transformSchema(images.schema());
    synchronized (ONE_AT_A_TIME) {
      String folder = new Fit(this, images.toDF()).modelFolder();
      var model = new IncubatedModel(uid).setModelFolder(folder);
      return copyValues(model, new ParamMap()).setParent(this);
    }
  }

  @Override
  public StructType transformSchema(StructType schema) {
    boolean texts = Fit.readsTexts(this);
    InputColumn.of(schema, inputName(schema, texts), texts);
    for (String name : List.of(getLabelCol(), getSplitCol())) {
      if (!name.isEmpty() && ColumnPath.find(schema, name).isEmpty()) {
        throw new UnfitDataException(
            String.format(
                Locale.ROOT,
                "Cannot train: expected a column %s, got %s; name others with setLabelCol and"
                    + " setSplitCol",
                name,
                Arrays.asList(schema.fieldNames())));
      }
    }
    return columns().addedTo(schema);
  }

  @Override
  public DeepIncubationClassifier copy(ParamMap extra) {
    return copyValues(new DeepIncubationClassifier(uid), extra);
  }

  /** A recipe's name or YAML file; empty (default) to have one written for the budget. */
  public Param<String> recipe() {
    return recipe;
  }

  public String getRecipe() {
    return getOrDefault(recipe);
  }

  public DeepIncubationClassifier setRecipe(String name) {
    set(recipe, name);
    return this;
  }

  /** A time of the driver, or operations, for the recipe that is written; default 10min. */
  public Param<String> budget() {
    return budget;
  }

  public String getBudget() {
    return getOrDefault(budget);
  }

  public DeepIncubationClassifier setBudget(String amount) {
    set(budget, amount);
    return this;
  }

  /** Keys of the recipe with other values, such as {@code meta.epochs=30}; default none. */
  public StringArrayParam overrides() {
    return overrides;
  }

  public String[] getOverrides() {
    return isDefined(overrides) ? getOrDefault(overrides) : new String[0];
  }

  public DeepIncubationClassifier setOverrides(String... settings) {
    set(overrides, settings);
    return this;
  }

  /** How the model is trained; default {@code deep-incubation}. */
  public Param<String> method() {
    return method;
  }

  public String getMethod() {
    return getOrDefault(method);
  }

  public DeepIncubationClassifier setMethod(String name) {
    set(method, name);
    return this;
  }

  /** Class names or numbers; default {@code label}. */
  public Param<String> labelCol() {
    return labelCol;
  }

  public String getLabelCol() {
    return getOrDefault(labelCol);
  }

  public DeepIncubationClassifier setLabelCol(String name) {
    set(labelCol, name);
    return this;
  }

  /** {@code numbers}, {@code names}, or {@code auto} (default). */
  public Param<String> labelType() {
    return labelType;
  }

  public String getLabelType() {
    return getOrDefault(labelType);
  }

  public DeepIncubationClassifier setLabelType(String word) {
    set(labelType, word);
    return this;
  }

  /** Column of train, test or val; default none. */
  public Param<String> splitCol() {
    return splitCol;
  }

  public String getSplitCol() {
    return getOrDefault(splitCol);
  }

  public DeepIncubationClassifier setSplitCol(String name) {
    set(splitCol, name);
    return this;
  }

  /** Part of the images that accuracy is measured on, above 0, below 1; default 0.1. */
  public DoubleParam testFraction() {
    return testFraction;
  }

  public double getTestFraction() {
    return (Double) getOrDefault(testFraction);
  }

  public DeepIncubationClassifier setTestFraction(double fraction) {
    set(testFraction, fraction);
    return this;
  }

  /** Side of the square that images become; 0 (default) for what the recipe wants. */
  public IntParam imageSize() {
    return imageSize;
  }

  public int getImageSize() {
    return (Integer) getOrDefault(imageSize);
  }

  public DeepIncubationClassifier setImageSize(int pixels) {
    set(imageSize, pixels);
    return this;
  }

  /** Part of the images that may be unreadable, 0 to 1; default 0.001. */
  public DoubleParam maxRejected() {
    return maxRejected;
  }

  public double getMaxRejected() {
    return (Double) getOrDefault(maxRejected);
  }

  public DeepIncubationClassifier setMaxRejected(double fraction) {
    set(maxRejected, fraction);
    return this;
  }

  /**
   * Where prepared images and runs are kept; empty (default) for a temporary folder. Images that
   * rows name by their paths are taken for the same where the paths are.
   */
  public Param<String> workFolder() {
    return workFolder;
  }

  public String getWorkFolder() {
    return getOrDefault(workFolder);
  }

  public DeepIncubationClassifier setWorkFolder(String uri) {
    set(workFolder, uri);
    return this;
  }

  /** Whether the driver tells progress on its output; default not. */
  public BooleanParam showProgress() {
    return showProgress;
  }

  public boolean getShowProgress() {
    return (Boolean) getOrDefault(showProgress);
  }

  public DeepIncubationClassifier setShowProgress(boolean shown) {
    set(showProgress, shown);
    return this;
  }
}
