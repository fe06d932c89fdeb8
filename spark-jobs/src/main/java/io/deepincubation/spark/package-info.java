/**
 * Deep Incubation on Apache Spark: what a program uses.
 *
 * <p>A training set is prepared once, a recipe trained on it into a run folder, and the model in
 * that folder used on image tables. All of it may be called again: what is committed is not
 * repeated.
 *
 * <pre>{@code
 * import io.deepincubation.core.recipe.Recipes;
 * import io.deepincubation.spark.IncubatedModel;
 * import io.deepincubation.spark.RunReport;
 * import io.deepincubation.spark.SparkDeepIncubation;
 * import io.deepincubation.spark.prepare.Preparation;
 * import io.deepincubation.spark.prepare.PrepareJob;
 * import io.deepincubation.spark.progress.ProgressBoard;
 * import io.deepincubation.spark.progress.ProgressDisplay;
 * import io.deepincubation.spark.storage.HadoopStorageFactory;
 * import java.util.List;
 *
 * var storages = new HadoopStorageFactory(spark.sparkContext().hadoopConfiguration());
 * new PrepareJob(spark, storages)
 *     .run(Preparation.of("file:/data/pictures", "file:/sets/pictures").testFraction(0.2));
 *
 * var board = new ProgressBoard();
 * var incubation =
 *     SparkDeepIncubation.on(spark)
 *         .recipe(Recipes.resolve("quickstart", List.of("seed=1")))
 *         .trainingData("file:/sets/pictures")
 *         .runFolder("file:/runs/pictures")
 *         .progress(board);
 * try (var shown = ProgressDisplay.onStream(board, System.err)) {
 *   incubation.run().stages().forEach(stage -> System.out.println(stage.stage()));
 * }
 * System.out.println(incubation.evaluate("final").accuracy());
 * System.out.println(RunReport.of(spark, "file:/runs/pictures").write());
 * IncubatedModel.load(spark, "file:/runs/pictures/final").transform(images).show();
 * }</pre>
 *
 * <ul>
 *   <li>{@link io.deepincubation.spark.SparkDeepIncubation} trains, all stages or one, by any
 *       {@link io.deepincubation.core.method.Method}; {@code run()} says nothing unless a {@link
 *       io.deepincubation.spark.progress.ProgressBoard} is shown.
 *   <li>{@link io.deepincubation.core.recipe.Recipes} has the library's recipes and reads files;
 *       overrides are {@code key=value} with the keys of {@code docs/reference/recipe.md}.
 *   <li>{@link io.deepincubation.spark.prepare.PrepareJob} makes a training set of image folders
 *       and tables as {@link io.deepincubation.spark.prepare.Preparation} says.
 *   <li>{@link io.deepincubation.core.method.IncubationReport} and {@link
 *       io.deepincubation.core.run.StageResult} tell what each stage gave, {@link
 *       io.deepincubation.spark.Evaluation} what the model takes each class for, {@link
 *       io.deepincubation.spark.RunReport} writes the HTML report of a run folder.
 *   <li>{@link io.deepincubation.spark.DeepIncubationClassifier} does all of it for the rows of a
 *       data frame, as an estimator of Spark ML.
 *   <li>{@link io.deepincubation.spark.IncubatedModel} classifies the images of a data frame;
 *       {@link io.deepincubation.core.inference.DjlModel} without Spark.
 * </ul>
 *
 * <p>Failures are unchecked: {@link io.deepincubation.core.recipe.UsageException} for arguments,
 * settings and recipes, {@link io.deepincubation.core.data.pixels.UnfitDataException} for data,
 * {@link io.deepincubation.core.storage.StorageException} for file systems, {@link
 * io.deepincubation.core.training.TrainingDivergedException} where a loss is no number any more.
 * Types marked {@link io.deepincubation.core.api.Stable} keep programs working, those marked {@link
 * io.deepincubation.core.api.Evolving} may change, all others are the library's own.
 */
@NullMarked
package io.deepincubation.spark;

import org.jspecify.annotations.NullMarked;
