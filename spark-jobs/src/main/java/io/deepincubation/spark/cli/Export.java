package io.deepincubation.spark.cli;

import com.google.gson.JsonObject;
import io.deepincubation.core.checkpoint.Storage;
import io.deepincubation.core.inference.ModelExport;
import io.deepincubation.core.inference.ModelFolder;
import io.deepincubation.core.recipe.RecipeException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "export", description = "Writes a run's final model for other tools.")
final class Export extends Verb {

  /** Bytes above which weights are written in several files: 5 GB, as Hugging Face's tools do. */
  private static final long LIMIT = 5_000_000_000L;

  private static final List<String> FORMATS = List.of("timm", "torchscript");

  @Option(names = "--run", required = true, paramLabel = "URI", description = "The run's folder.")
  private String run = "";

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      description =
          "timm: config.json and safetensors; torchscript: one file for torch.jit.load and DJL.")
  private String format = "";

  @Option(
      names = "--to",
      required = true,
      paramLabel = "URI",
      description = "The folder that is written.")
  private String to = "";

  @Override
  Answer answer() {
    if (!FORMATS.contains(format)) {
      throw new RecipeException(
          "Cannot export: expected --format of " + FORMATS + ", got " + format);
    }
    try (CliSession session = CliSession.start(new PlaceOptions(), output())) {
      ModelFolder model = ModelFolder.open(session.storages().open(run).folder("final"));
      Storage target = session.storages().open(to);
      var export = new ModelExport(model);
      if (format.equals("timm")) {
        export.timm(target, LIMIT);
      } else {
        export.torchscript(target);
      }
      var json = new JsonObject();
      json.addProperty("status", "done");
      json.addProperty("format", format);
      json.addProperty("to", to);
      json.addProperty("model", model.digest());
      return new Answer(List.of("Exported " + model.uri() + " to " + to), json);
    }
  }
}
