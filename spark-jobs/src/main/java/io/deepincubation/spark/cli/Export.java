package io.deepincubation.spark.cli;

import io.deepincubation.core.inference.ModelExport;
import io.deepincubation.core.inference.ModelFolder;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.Storage;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "export", description = "Writes a run's model for other tools.")
final class Export extends Verb {

  /** Bytes above which weights are written in several files: 5 GB, as Hugging Face's tools do. */
  private static final long LIMIT = 5_000_000_000L;

  private static final List<String> FORMATS = List.of("timm", "torchscript", "mlflow");

  @Mixin private final RunFolderOptions source = new RunFolderOptions();

  @Mixin private final StageOptions network = new StageOptions();

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      description =
          "timm: config.json and safetensors; torchscript: one file for torch.jit.load and DJL;"
              + " mlflow: the same as a model of MLflow.")
  private String format = "";

  @Mixin private final TargetOptions target = new TargetOptions();

  /** The answer's JSON. */
  private record Facts(String status, String format, String to, String model) {}

  @Override
  Answer answer() {
    if (!FORMATS.contains(format)) {
      throw new UsageException(
          "Cannot export: expected --format of " + FORMATS + ", got " + format);
    }
    try (CliSession session = CliSession.start(new PlaceOptions(), output())) {
      ModelFolder model =
          ModelFolder.open(session.storages().open(source.run()).folder(network.stage()));
      Storage folder = session.storages().open(target.to());
      var export = new ModelExport(model);
      switch (format) {
        case "timm" -> export.timm(folder, LIMIT);
        case "torchscript" -> export.torchscript(folder);
        default -> export.mlflow(folder);
      }
      return new Answer(
          List.of("Exported " + model.uri() + " to " + target.to()),
          new Facts("done", format, target.to(), model.digest()));
    }
  }
}
