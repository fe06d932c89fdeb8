package io.deepincubation.core.inference;

import ai.djl.Device;
import ai.djl.nn.Block;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.text.Tokenizer;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.script.ModuleArchive;
import io.deepincubation.core.script.ModuleArchive.NamedTensor;
import io.deepincubation.core.script.ModuleArchive.Part;
import io.deepincubation.core.script.ScriptBlock;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.weights.WeightsFolder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes trained models for other tools. */
public final class ModelExport {

  /** The TorchScript file's name. */
  public static final String SCRIPT = "model.pt";

  private static final Compute PLAIN = new Compute(Device.cpu(), Arithmetic.FP32, /* threads= */ 1);

  private final ModelFolder model;

  /** Exports of a model. */
  public ModelExport(ModelFolder model) {
    this.model = model;
  }

  /**
   * Writes {@code config.json} and safetensors with timm's names.
   *
   * @param target the folder
   * @param limitBytes of one weights file; above, each module has its own and an index names them
   * @throws UnfitDataException if the model is of a dense task, which timm has no networks for
   */
  public void timm(Storage target, long limitBytes) {
    if (model.task() != ModelTask.CLASSIFICATION) {
      throw unfit("for timm", "a network of classification", "one of " + model.task().word());
    }
    WeightsFolder.write(target, model.weights(), limitBytes);
    writeConfiguration(target);
  }

  /**
   * Writes {@value #SCRIPT} as {@link #torchscript} does, and what makes the folder an MLflow
   * model: {@code MLmodel}, and the packages that it needs, none of which is this library's.
   *
   * @param target the folder
   * @throws UnfitDataException if the network is not made of TorchScript programs
   */
  public void mlflow(Storage target) {
    torchscript(target);
    MlFlowModel.of(model).forEach((name, text) -> writeText(target, name, text));
  }

  /**
   * Writes {@value #SCRIPT}, which {@code torch.jit.load} and DJL open by themselves, and {@code
   * config.json}. Its input is B x 3 x H x W normalised fp32 images, or B x L numbers of tokens in
   * fp32, -1 where a text has no more; its output B x classes logits; the archive holds the
   * configuration as the extra file {@code config.json}.
   *
   * <p>A network of segmentation takes images of any size, and gives B x classes x h x w: the
   * logits of the image padded right and below to whole patches, at a part of its size, to be
   * resized bilinearly.
   *
   * @param target the folder
   * @throws UnfitDataException if the network is not made of TorchScript programs, or is one of
   *     detection, part of which the host computes
   */
  public void torchscript(Storage target) {
    if (model.task() == ModelTask.DETECTION) {
      throw unfit(
          "as TorchScript",
          "a network that programs compute alone",
          "one of detection, whose regions are chosen outside of them; use DJL or Spark");
    }
    List<Weights> weights = model.weights();
    var parts = new ArrayList<Part>();
    for (int i = 0; i < weights.size(); i++) {
      parts.add(part(i, weights.get(i)));
    }
    var archive =
        new ModuleArchive(parts, Map.of(ModelFolder.CONFIGURATION, model.configuration()));
    target.write(SCRIPT, archive::writeTo);
    writeConfiguration(target);
  }

  private Part part(int moduleIndex, Weights weights) {
    Block block = model.architecture().block(model.division(), moduleIndex, PLAIN);
    if (!(block instanceof ScriptBlock script)) {
      throw unfit("as TorchScript", "a network of this library", "a user's own blocks");
    }
    var tensors = new ArrayList<NamedTensor>();
    for (ParameterSpec spec : model.architecture().parameters(model.division(), moduleIndex)) {
      Weights.Tensor tensor = weights.tensor(spec.name());
      boolean buffer = spec.role() == ParameterSpec.Role.BUFFER;
      tensors.add(new NamedTensor(spec.name(), buffer, tensor.shape(), tensor.values()));
    }
    boolean drops = model.architecture().droppableLayers(model.division(), moduleIndex) > 0;
    return new Part(script.methods(), drops, tensors);
  }

  private UnfitDataException unfit(String form, String expected, String got) {
    return new UnfitDataException(
        String.format(
            Locale.ROOT,
            "Cannot export %s %s: expected %s, got %s",
            model.uri(),
            form,
            expected,
            got));
  }

  /** The configuration, and card and tokenizer where the model has them. */
  private void writeConfiguration(Storage target) {
    writeText(target, ModelFolder.CONFIGURATION, model.configuration());
    model.tokenizerFile().ifPresent(text -> writeText(target, Tokenizer.FILE, text));
    model.card().ifPresent(card -> writeText(target, RunFolder.CARD, card));
  }

  private static void writeText(Storage target, String name, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    target.write(name, stream -> stream.write(bytes));
  }
}
