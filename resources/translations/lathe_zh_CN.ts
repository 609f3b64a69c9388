<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
 <context>
  <name>Lathe</name>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Save the graph</source>
   <translation>保存图</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <location filename="../../gui/canvas/export.py" />
   <source>Writing {name}</source>
   <translation>写出 {name}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Graph saved to {path}</source>
   <translation>图已保存到 {path}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Colour by operator</source>
   <translation>按算子着色</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Colour by latency share</source>
   <translation>按延迟占比着色</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Colour by MACs</source>
   <translation>按 MACs 着色</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Colour by parameters</source>
   <translation>按参数着色</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Colour by memory</source>
   <translation>按内存着色</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Colour by precision</source>
   <translation>按精度着色</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Colour by provider</source>
   <translation>按提供程序着色</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Colour by sensitivity</source>
   <translation>按敏感度着色</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Colour by error</source>
   <translation>按误差着色</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <location filename="../../gui/panels/menus.py" />
   <source>Graph</source>
   <translation>图</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Show or hide the graph of the model</source>
   <translation>显示或隐藏模型的图</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Find in the graph</source>
   <translation>在图中查找</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <location filename="../../gui/canvas/search.py" />
   <source>Layers and scopes by name or operator; Enter goes on to the next</source>
   <translation>按名称或算子查找层和作用域；按 Enter 转到下一个</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Show in the graph</source>
   <translation>在图中显示</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Bring the selected layer into sight and open what it stands in</source>
   <translation>把所选层移到视野内，并展开它所在的组</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Focus on neighbours</source>
   <translation>聚焦相邻层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Only the selected layers and what they are linked with; once more shows all</source>
   <translation>只显示所选层及与其相连的部分；再按一次显示全部</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Fit</source>
   <translation>适应窗口</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>The whole graph; Home goes to its beginning</source>
   <translation>显示整个图；按 Home 转到开头</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Open all groups</source>
   <translation>展开所有组</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Show what is inside scopes and bodies; Enter opens a single one</source>
   <translation>显示作用域和子图体的内容；按 Enter 展开单个组</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Close all groups</source>
   <translation>折叠所有组</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Show scopes and bodies as single boxes</source>
   <translation>把作用域和子图体显示为单个方框</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Constants and shape arithmetic</source>
   <translation>常量与形状计算</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Also what is left out: constants, and layers that compute with shapes alone</source>
   <translation>同时显示被省略的内容：常量，以及只计算形状的层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Outline kernels</source>
   <translation>勾勒内核</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>A line around the layers that ran as one kernel</source>
   <translation>用线框出作为一个内核运行的各层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Save graph as SVG…</source>
   <translation>将图保存为 SVG…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>The drawing as it is coloured, to be scaled freely</source>
   <translation>按当前着色保存，可任意缩放</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>Save graph as PNG…</source>
   <translation>将图保存为 PNG…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/canvas.py" />
   <source>The drawing as it is coloured, as a picture</source>
   <translation>按当前着色保存为图片</translation>
  </message>
  <message>
   <location filename="../../gui/actions/channels.py" />
   <source>Which channels hang together is not known: {error}</source>
   <translation>无法确定哪些通道相互耦合：{error}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/channels.py" />
   <source>Looking for coupled channels</source>
   <translation>查找耦合的通道</translation>
  </message>
  <message>
   <location filename="../../gui/actions/channels.py" />
   <source>Select what is coupled</source>
   <translation>选择耦合的层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/channels.py" />
   <source>Also all layers that lose channels together with the selected ones</source>
   <translation>同时选择与所选层一起失去通道的所有层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/choose.py" />
   <source>let Lathe choose within {points} points</source>
   <translation>让 Lathe 在 {points} 个百分点内选择</translation>
  </message>
  <message>
   <location filename="../../gui/actions/choose.py" />
   <source>{layer} stays in float: {reason}</source>
   <translation>{layer} 保持浮点：{reason}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/choose.py" />
   <source>Choosing what stays in float</source>
   <translation>选择保持浮点的层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/choose.py" />
   <source>Let Lathe choose…</source>
   <translation>让 Lathe 选择…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/choose.py" />
   <source>Quantize what gains, and keep in float what a limit of loss needs; decided on the calibration data</source>
   <translation>量化能加速的层，并按损失上限让必要的层保持浮点；依据校准数据决定</translation>
  </message>
  <message>
   <location filename="../../gui/actions/device.py" />
   <location filename="../../gui/workshop.py" />
   <source>Looking for devices</source>
   <translation>查找设备</translation>
  </message>
  <message>
   <location filename="../../gui/actions/device.py" />
   <source>Profile on the samples</source>
   <translation>用样本做性能分析</translation>
  </message>
  <message>
   <location filename="../../gui/actions/device.py" />
   <source>Latency is measured on the chosen samples, which matters where time depends on the data</source>
   <translation>在所选样本上测量延迟；当时间取决于数据时很重要</translation>
  </message>
  <message>
   <location filename="../../gui/actions/device.py" />
   <source>Profile on synthetic inputs</source>
   <translation>用合成输入做性能分析</translation>
  </message>
  <message>
   <location filename="../../gui/actions/device.py" />
   <source>Latency is measured on random inputs; the samples still calibrate and score</source>
   <translation>在随机输入上测量延迟；样本仍用于校准和评分</translation>
  </message>
  <message>
   <location filename="../../gui/actions/device.py" />
   <source>Devices…</source>
   <translation>设备…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/device.py" />
   <source>All devices, and what to install for those that cannot be used here</source>
   <translation>所有设备，以及使用当前不可用的设备需要安装什么</translation>
  </message>
  <message>
   <location filename="../../gui/actions/device.py" />
   <source>Runtime options…</source>
   <translation>运行时选项…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/device.py" />
   <source>Options of the chosen device's runtime</source>
   <translation>所选设备的运行时选项</translation>
  </message>
  <message>
   <location filename="../../gui/actions/device.py" />
   <source>Look for devices again</source>
   <translation>重新查找设备</translation>
  </message>
  <message>
   <location filename="../../gui/actions/device.py" />
   <source>List the devices and why some are not available</source>
   <translation>列出设备及部分设备不可用的原因</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/panels/layers.py" />
   <location filename="../../gui/panels/recipe_text.py" />
   <location filename="../../gui/sensitivity.py" />
   <source>{count} layers</source>
   <translation>{count} 层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>keep {layers} in float</source>
   <translation>让 {layers} 保持浮点</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>clear {layers}</source>
   <translation>清除 {layers} 的处理</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>clear all treatments</source>
   <translation>清除全部处理</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>clean first</source>
   <translation>先清理</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>do not clean</source>
   <translation>不清理</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>{layer} gains nothing: {reason}</source>
   <translation>{layer} 不会加速：{reason}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>No layer gains</source>
   <translation>没有层能加速</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Measuring which layers gain</source>
   <translation>测量哪些层能加速</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Undo</source>
   <translation>撤销</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>The recipe as it was before the last edit</source>
   <translation>恢复到上次编辑之前的配方</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Redo</source>
   <translation>重做</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Do again what was undone</source>
   <translation>重新执行已撤销的操作</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Select all shown</source>
   <translation>全选所显示的层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>All layers that the filter leaves</source>
   <translation>筛选后剩下的所有层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Select none</source>
   <translation>取消选择</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Clear the selection</source>
   <translation>清除选择</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Select same op</source>
   <translation>选择相同算子</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>All layers with the operator types of the selected ones</source>
   <translation>与所选层算子类型相同的所有层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Select by rule…</source>
   <translation>按规则选择…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>As in all Conv with more than 1 % of the time</source>
   <translation>例如时间占比超过 1 % 的所有 Conv</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Select what gains by quantization</source>
   <translation>选择量化后能加速的层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>All layers that run faster as static int8, measured on the device; by what is known of it where it is not here</source>
   <translation>以静态 int8 运行更快的所有层，在设备上实测；设备不在此处时依据已知信息</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Filter layers</source>
   <translation>筛选层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Go to the filter of the layers</source>
   <translation>转到层的筛选框</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Quantize…</source>
   <translation>量化…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Quantize the selected layers</source>
   <translation>量化所选的层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Prune…</source>
   <translation>剪枝…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Prune the weights of the selected layers</source>
   <translation>对所选层的权重剪枝</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Keep float</source>
   <translation>保持浮点</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Leave the selected layers in float, whatever wider rules say</source>
   <translation>让所选层保持浮点，不受更宽泛规则影响</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Clear</source>
   <translation>清除</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Take the treatment of the selected layers back</source>
   <translation>取消对所选层的处理</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Clear all treatments</source>
   <translation>清除全部处理</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>An empty recipe; undo brings the old one back</source>
   <translation>清空配方；可撤销恢复</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Clean first</source>
   <translation>先清理</translation>
  </message>
  <message>
   <location filename="../../gui/actions/edit.py" />
   <source>Fold constants and batch norms, drop dead nodes, before anything else</source>
   <translation>在其他处理之前先折叠常量和 BatchNorm，删除无用节点</translation>
  </message>
  <message>
   <location filename="../../gui/actions/explain.py" />
   <source>The reasons could not be worked out: {error}</source>
   <translation>无法分析原因：{error}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/explain.py" />
   <source>Explaining</source>
   <translation>分析原因</translation>
  </message>
  <message>
   <location filename="../../gui/actions/explain.py" />
   <source>{remedy}: done. Undo takes it back. Profile again (F5) to see what it gives.</source>
   <translation>{remedy}：已完成。可以撤销。请再次进行性能分析（F5）查看效果。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/explain.py" />
   <source>{remedy}: done. The toolbar and its options show it. Profile again (F5) to see what it gives.</source>
   <translation>{remedy}：已完成，见工具栏及其选项。请再次进行性能分析（F5）查看效果。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/explain.py" />
   <source>Applied: {remedy} ({reason})</source>
   <translation>已应用：{remedy}（{reason}）</translation>
  </message>
  <message>
   <location filename="../../gui/actions/explain.py" />
   <source>Ceilings of {device}: {rates}, memory {rate} GB/s</source>
   <translation>{device} 的上限：{rates}，内存 {rate} GB/s</translation>
  </message>
  <message>
   <location filename="../../gui/actions/explain.py" />
   <source>Measuring the device's ceilings</source>
   <translation>测量设备上限</translation>
  </message>
  <message>
   <location filename="../../gui/actions/explain.py" />
   <location filename="../../gui/main_window.py" />
   <source>Why slower</source>
   <translation>慢在哪里</translation>
  </message>
  <message>
   <location filename="../../gui/actions/explain.py" />
   <source>What costs time, what it costs, and the click that would help</source>
   <translation>什么耗时、耗时多少，以及一键改进的办法</translation>
  </message>
  <message>
   <location filename="../../gui/actions/explain.py" />
   <location filename="../../gui/canvas/colouring.py" />
   <location filename="../../gui/main_window.py" />
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/panels/roofline.py" />
   <location filename="../../gui/tables/columns.py" />
   <source>Memory</source>
   <translation>内存</translation>
  </message>
  <message>
   <location filename="../../gui/actions/explain.py" />
   <location filename="../../gui/plots/memory.py" />
   <source>Activation memory over the execution order</source>
   <translation>激活内存随执行顺序的变化</translation>
  </message>
  <message>
   <location filename="../../gui/actions/explain.py" />
   <location filename="../../gui/main_window.py" />
   <source>Roofline</source>
   <translation>屋顶线</translation>
  </message>
  <message>
   <location filename="../../gui/actions/explain.py" />
   <location filename="../../gui/plots/roofline.py" />
   <source>Layers under the ceilings of the device</source>
   <translation>设备上限之下的各层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/explain.py" />
   <source>Explain again</source>
   <translation>重新分析原因</translation>
  </message>
  <message>
   <location filename="../../gui/actions/explain.py" />
   <source>Work out anew what makes the viewed measurement slow</source>
   <translation>重新分析所查看的测量慢在哪里</translation>
  </message>
  <message>
   <location filename="../../gui/actions/explain.py" />
   <source>Select what the reasons name</source>
   <translation>选择原因涉及的层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/explain.py" />
   <source>All layers that why slower names for the viewed measurement</source>
   <translation>“慢在哪里”针对所查看的测量列出的所有层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/explain.py" />
   <source>Measure the device's ceilings</source>
   <translation>测量设备上限</translation>
  </message>
  <message>
   <location filename="../../gui/actions/explain.py" />
   <source>Matrix rate for each precision and bandwidth, in about 5 seconds; kept for this device</source>
   <translation>各精度的矩阵运算速率和带宽，约需 5 秒；结果为该设备保留</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Models and sessions ({patterns})</source>
   <translation>模型与会话 ({patterns})</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>All files (*)</source>
   <translation>所有文件 (*)</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Open a model or a session</source>
   <translation>打开模型或会话</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>there is no such file</source>
   <translation>没有这个文件</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>It may have been moved or renamed.</source>
   <translation>它可能已被移动或重命名。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <location filename="../../gui/actions/session.py" />
   <location filename="../../gui/calls/sessions.py" />
   <location filename="../../gui/workshop.py" />
   <source>Opening {name}</source>
   <translation>打开 {name}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Opened {path} ({count} layers)</source>
   <translation>已打开 {path}（{count} 层）</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>No runtime can run this file as it is: {reason}</source>
   <translation>没有运行时能直接运行该文件：{reason}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>{reason}. Only PyTorch's own devices run it, such as torch:cpu.</source>
   <translation>{reason}。只有 PyTorch 自己的设备（如 torch:cpu）能运行它。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <location filename="../../gui/workshop.py" />
   <source>Inferring shapes</source>
   <translation>推断形状</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Data {name}: {text}</source>
   <translation>数据 {name}：{text}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>{warning}. Data &gt; Samples… shows all.</source>
   <translation>{warning}。在“数据 &gt; 样本…”中查看全部。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <location filename="../../gui/actions/profiles.py" />
   <location filename="../../gui/calls/datasets.py" />
   <location filename="../../gui/dialogs/data.py" />
   <source>Reading {name}</source>
   <translation>读取 {name}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <location filename="../../gui/dialogs/data.py" />
   <source>Choose a folder of samples</source>
   <translation>选择样本文件夹</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <location filename="../../gui/dialogs/data.py" />
   <source>Choose a file of samples</source>
   <translation>选择样本文件</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <location filename="../../gui/dialogs/data.py" />
   <source>Arrays (*.npz)</source>
   <translation>数组 (*.npz)</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Save the recipe</source>
   <translation>保存配方</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Recipes (*.json)</source>
   <translation>配方 (*.json)</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Saved the recipe to {path}</source>
   <translation>已将配方保存到 {path}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Recipe saved to {path}. `lathe optimize --recipe` replays it.</source>
   <translation>配方已保存到 {path}。可用 `lathe optimize --recipe` 重放。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Load a recipe</source>
   <translation>加载配方</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>a recipe needs a model</source>
   <translation>使用配方需要先有模型</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Open a model first.</source>
   <translation>请先打开一个模型。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>load {name}</source>
   <translation>加载 {name}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Recipe loaded: {matching} of {count} rules match this model.</source>
   <translation>配方已加载：{count} 条规则中有 {matching} 条与此模型匹配。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Nothing here is named {names} …</source>
   <translation>此模型中没有名为 {names} … 的层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Nothing here is named {names}.</source>
   <translation>此模型中没有名为 {names} 的层。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Open…</source>
   <translation>打开…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Open a model file</source>
   <translation>打开模型文件</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Load recipe…</source>
   <translation>加载配方…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Apply a saved recipe to the open model</source>
   <translation>将已保存的配方应用于当前模型</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Save recipe…</source>
   <translation>保存配方…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Save the recipe as a file that the command line can replay</source>
   <translation>将配方保存为命令行可重放的文件</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Export…</source>
   <translation>导出…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Write the treated model as an ONNX file, after checking it</source>
   <translation>检查处理后的模型，然后写出为 ONNX 文件</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Input shapes and values…</source>
   <translation>输入形状与值…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Sizes of dynamic dimensions, values of small inputs</source>
   <translation>动态维度的大小，小输入的值</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Samples…</source>
   <translation>样本…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Choose samples, how they are prepared, and see what the model gets</source>
   <translation>选择样本及其预处理方式，并查看模型实际得到的输入</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Samples from a folder…</source>
   <translation>从文件夹选择样本…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Images, dataset.json, calibration.npz and evaluation.npz, or test_data_set_* folders</source>
   <translation>图像、dataset.json、calibration.npz 和 evaluation.npz，或 test_data_set_* 文件夹</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Samples from a file…</source>
   <translation>从文件选择样本…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>One .npz with an array for each input, optionally labels</source>
   <translation>一个 .npz 文件，每个输入一个数组，可含标签</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Synthetic inputs</source>
   <translation>合成输入</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Random inputs: latency only, accuracy stays unknown</source>
   <translation>随机输入：只能测延迟，准确率未知</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Quit</source>
   <translation>退出</translation>
  </message>
  <message>
   <location filename="../../gui/actions/file.py" />
   <source>Close the window; the recipe is kept</source>
   <translation>关闭窗口；配方会保留</translation>
  </message>
  <message>
   <location filename="../../gui/actions/load.py" />
   <source>Swept {count} points</source>
   <translation>已扫描 {count} 个点</translation>
  </message>
  <message>
   <location filename="../../gui/actions/load.py" />
   <source>Swept {count} points, best: batch {batch}, {threads} threads, {streams} streams, {rate} a second</source>
   <translation>已扫描 {count} 个点，最佳：批 {batch}，{threads} 线程，{streams} 流，每秒 {rate}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/load.py" />
   <source>Sweeping</source>
   <translation>扫描</translation>
  </message>
  <message>
   <location filename="../../gui/actions/load.py" />
   <source>{scenario}: {result}</source>
   <translation>{scenario}：{result}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/load.py" />
   <location filename="../../gui/main_window.py" />
   <source>Load</source>
   <translation>负载</translation>
  </message>
  <message>
   <location filename="../../gui/actions/load.py" />
   <source>Throughput against latency over batch, threads and streams</source>
   <translation>不同批大小、线程数和流数下的吞吐量与延迟</translation>
  </message>
  <message>
   <location filename="../../gui/actions/load.py" />
   <source>Sweep batch, threads and streams</source>
   <translation>扫描批大小、线程和流</translation>
  </message>
  <message>
   <location filename="../../gui/actions/load.py" />
   <source>Throughput against latency, with the settings of the Load panel</source>
   <translation>按“负载”面板的设置测量吞吐量与延迟</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>What was measured until then is kept and shown.</source>
   <translation>此前测得的数据已保留并显示。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <location filename="../../gui/actions/variants.py" />
   <source>the file as opened</source>
   <translation>原文件</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>the cleaned float model</source>
   <translation>清理后的浮点模型</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <location filename="../../gui/actions/variants.py" />
   <source>the float model</source>
   <translation>浮点模型</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>the treated model</source>
   <translation>处理后的模型</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>{error}
{kept}</source>
   <translation>{error}
{kept}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Profiling {what}</source>
   <translation>性能分析（{what}）</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Clean: the file was clean already, so its measurement is the baseline</source>
   <translation>清理：文件本来就是干净的，因此其测量即为基线</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Profiled {what}: {time} median of {runs} runs, {share} % of kernel time attributed, inputs {inputs}</source>
   <translation>已完成性能分析（{what}）：{runs} 次运行的中位数为 {time}，{share} % 的内核时间已归属，输入 {inputs}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Clean: {change}</source>
   <translation>清理：{change}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>{layer} was left as it is: {reason}</source>
   <translation>{layer} 保持原样：{reason}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>The recipe names {selector}, which this model does not have</source>
   <translation>配方中的 {selector} 在此模型中不存在</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Verified on {count} samples</source>
   <translation>已在 {count} 个样本上验证</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Verified on {count} sample</source>
   <translation>已用 {count} 个样本验证</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Verifying</source>
   <translation>验证</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Measured the error behind {count} layers</source>
   <translation>已测量 {count} 层之后的误差</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Measured the error behind {count} layers, the largest behind {layer}: {sqnr}</source>
   <translation>已测量 {count} 层之后的误差，最大的在 {layer} 之后：{sqnr}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Measuring errors by layer</source>
   <translation>逐层测量误差</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Compared: {first} against {second}, ratio {ratio}</source>
   <translation>已比较：{first} 与 {second}，比值 {ratio}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Comparing latency</source>
   <translation>比较延迟</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Cancelled: {job}</source>
   <translation>已取消：{job}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <location filename="../../gui/panels/explained.py" />
   <location filename="../../gui/panels/latency.py" />
   <location filename="../../gui/panels/memory.py" />
   <location filename="../../gui/panels/roofline.py" />
   <location filename="../../gui/panels/runs.py" />
   <location filename="../../gui/panels/timeline.py" />
   <location filename="../../gui/panels/why.py" />
   <source>Profile</source>
   <translation>性能分析</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Measure the latency of every layer on the chosen device</source>
   <translation>在所选设备上测量每一层的延迟</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Verify</source>
   <translation>验证</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Compare the treated model's outputs and accuracy with the original's</source>
   <translation>比较处理后模型与原模型的输出和准确率</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Compare latency</source>
   <translation>比较延迟</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Run float and treated model in alternating blocks: a fair ratio with its interval</source>
   <translation>交替分块运行浮点模型和处理后的模型：得到公平的比值及其区间</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Measure errors by layer</source>
   <translation>逐层测量误差</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>How far the treated model is from the float one behind each layer, on calibration data</source>
   <translation>在校准数据上，处理后的模型在每层之后与浮点模型相差多少</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <location filename="../../gui/panels/status.py" />
   <source>Stop and keep</source>
   <translation>停止并保留</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>End the measurement early with what there is</source>
   <translation>提前结束测量，保留已有结果</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <location filename="../../gui/dialogs/export.py" />
   <location filename="../../gui/panels/status.py" />
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
  <message>
   <location filename="../../gui/actions/measure.py" />
   <source>Stop what runs in the background and discard it</source>
   <translation>停止后台工作并丢弃结果</translation>
  </message>
  <message>
   <location filename="../../gui/actions/metric.py" />
   <source>Choose a metric</source>
   <translation>选择指标</translation>
  </message>
  <message>
   <location filename="../../gui/actions/metric.py" />
   <source>Python (*.py)</source>
   <translation>Python (*.py)</translation>
  </message>
  <message>
   <location filename="../../gui/actions/metric.py" />
   <source>Verify also computes {metric} of {path}</source>
   <translation>验证时还会计算 {path} 的 {metric}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/metric.py" />
   <source>Metric from a Python file…</source>
   <translation>来自 Python 文件的指标…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/metric.py" />
   <source>A function of your own that is computed with each verification; asks before anything of the file runs</source>
   <translation>每次验证时计算您自己的函数；运行文件中任何代码前都会询问</translation>
  </message>
  <message>
   <location filename="../../gui/actions/metric.py" />
   <source>No metric of my own</source>
   <translation>不使用自己的指标</translation>
  </message>
  <message>
   <location filename="../../gui/actions/metric.py" />
   <source>Verify without the function of the Python file</source>
   <translation>验证时不使用 Python 文件中的函数</translation>
  </message>
  <message>
   <location filename="../../gui/actions/preferences.py" />
   <source>{job} is done after {time}</source>
   <translation>{job}：已完成，用时 {time}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/preferences.py" />
   <source>{job} failed after {time}</source>
   <translation>{job}：失败，用时 {time}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/preferences.py" />
   <source>Preferences…</source>
   <translation>首选项…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/preferences.py" />
   <source>Theme, notices, and what is remembered</source>
   <translation>主题、提醒，以及记住哪些内容</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>Save the profile</source>
   <translation>保存性能分析</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>Profiles (*.json)</source>
   <translation>性能分析 (*.json)</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>Profile saved to {path}. `lathe profile --baseline` compares with it.</source>
   <translation>性能分析已保存到 {path}。可用 `lathe profile --baseline` 与之比较。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>Choose a folder for the tables of the profile</source>
   <translation>为性能分析的表格选择文件夹</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>Profile saved as {count} tables in {folder}</source>
   <translation>性能分析已保存为 {folder} 中的 {count} 个表格</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>Save the timeline</source>
   <translation>保存时间线</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>Traces (*.json)</source>
   <translation>跟踪文件 (*.json)</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>Timeline saved to {path}. ui.perfetto.dev opens it.</source>
   <translation>时间线已保存到 {path}。可用 ui.perfetto.dev 打开。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>Load a profile to compare with</source>
   <translation>加载用于比较的性能分析</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>Loaded the profile {path} to compare with</source>
   <translation>已加载用于比较的性能分析 {path}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>Choose what File, Save profile or `lathe profile --json` wrote.</source>
   <translation>请选择由“文件 &gt; 将性能分析保存为 JSON”或 `lathe profile --json` 写出的文件。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <location filename="../../gui/metric.py" />
   <source>cannot be read: {reason}</source>
   <translation>无法读取：{reason}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>is not JSON</source>
   <translation>不是 JSON</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>Save profile as JSON…</source>
   <translation>将性能分析保存为 JSON…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>The profile that is shown, to compare with later</source>
   <translation>当前显示的性能分析，供以后比较</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>Save profile as CSV…</source>
   <translation>将性能分析保存为 CSV…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>Layers, kernels and figures as tables in a folder</source>
   <translation>把层、内核和数据作为表格存入文件夹</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>Save timeline for Perfetto…</source>
   <translation>为 Perfetto 保存时间线…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>The kernels of one run as a trace that ui.perfetto.dev and chrome://tracing open</source>
   <translation>一次运行的内核跟踪，可用 ui.perfetto.dev 和 chrome://tracing 打开</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>Compare with a saved profile…</source>
   <translation>与已保存的性能分析比较…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/profiles.py" />
   <source>Load a profile and show what differs, layer by layer</source>
   <translation>加载一个性能分析，逐层显示差异</translation>
  </message>
  <message>
   <location filename="../../gui/actions/program.py" />
   <source>The code in {path} may run, as you said</source>
   <translation>已按您的选择允许运行 {path} 中的代码</translation>
  </message>
  <message>
   <location filename="../../gui/actions/program.py" />
   <source>{converted}, found from before</source>
   <translation>{converted}，沿用先前的结果</translation>
  </message>
  <message>
   <location filename="../../gui/actions/program.py" />
   <source>{converted}, took {seconds} s</source>
   <translation>{converted}，用时 {seconds} s</translation>
  </message>
  <message>
   <location filename="../../gui/actions/report.py" />
   <source>Web pages (*.html)</source>
   <translation>网页 (*.html)</translation>
  </message>
  <message>
   <location filename="../../gui/actions/report.py" />
   <source>Save the report</source>
   <translation>保存报告</translation>
  </message>
  <message>
   <location filename="../../gui/actions/report.py" />
   <source>Report of {count} models saved to {path} ({size} bytes)</source>
   <translation>{count} 个模型的报告已保存到 {path}（{size} 字节）</translation>
  </message>
  <message>
   <location filename="../../gui/actions/report.py" />
   <source>Report saved to {path}. Any browser shows and prints it.</source>
   <translation>报告已保存到 {path}。可用任意浏览器查看和打印。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/report.py" />
   <location filename="../../gui/calls/reporting.py" />
   <source>Writing the report</source>
   <translation>写出报告</translation>
  </message>
  <message>
   <location filename="../../gui/actions/report.py" />
   <source>Save report…</source>
   <translation>保存报告…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/report.py" />
   <source>All variants with their figures, plots and commands as one HTML page</source>
   <translation>把所有方案及其数据、图表和命令存为一个 HTML 页面</translation>
  </message>
  <message>
   <location filename="../../gui/actions/sensitivity.py" />
   <source>Sensitivity of {count} of {planned} layers in {seconds} s</source>
   <translation>{planned} 层中 {count} 层的敏感度，用时 {seconds} s</translation>
  </message>
  <message>
   <location filename="../../gui/actions/sensitivity.py" />
   <source>Sensitivity of {count} layers in {seconds} s</source>
   <translation>{count} 层的敏感度，用时 {seconds} s</translation>
  </message>
  <message>
   <location filename="../../gui/actions/sensitivity.py" />
   <source>Measuring sensitivity</source>
   <translation>测量敏感度</translation>
  </message>
  <message>
   <location filename="../../gui/actions/sensitivity.py" />
   <source>The recipe has this already.</source>
   <translation>配方中已有此内容。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/sensitivity.py" />
   <source>From the sensitivity scan: {edit}</source>
   <translation>来自敏感度扫描：{edit}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/sensitivity.py" />
   <location filename="../../gui/canvas/colouring.py" />
   <location filename="../../gui/main_window.py" />
   <source>Sensitivity</source>
   <translation>敏感度</translation>
  </message>
  <message>
   <location filename="../../gui/actions/sensitivity.py" />
   <source>What treating each layer costs, and how many to keep in float</source>
   <translation>处理每一层的代价，以及应让多少层保持浮点</translation>
  </message>
  <message>
   <location filename="../../gui/actions/sensitivity.py" />
   <source>Measure sensitivity</source>
   <translation>测量敏感度</translation>
  </message>
  <message>
   <location filename="../../gui/actions/sensitivity.py" />
   <source>Treat one layer at a time and measure the loss, with the settings of the Sensitivity panel</source>
   <translation>按“敏感度”面板的设置，每次处理一层并测量损失</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>The session has changed</source>
   <translation>会话已被更改</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>{name} was saved by another window since this one opened it.</source>
   <translation>此窗口打开 {name} 之后，另一个窗口保存过它。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>Replacing it loses what was saved there.</source>
   <translation>替换会丢失那里保存的内容。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>Replace</source>
   <translation>替换</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>Save as…</source>
   <translation>另存为…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>Sessions ({patterns})</source>
   <translation>会话 ({patterns})</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>Save the session</source>
   <translation>保存会话</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>Session saved to {path}</source>
   <translation>会话已保存到 {path}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>Session saved to {path}. `lathe {name}` opens it again.</source>
   <translation>会话已保存到 {path}。用 `lathe {name}` 可再次打开。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <location filename="../../gui/calls/sessions.py" />
   <source>Saving {name}</source>
   <translation>保存 {name}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>Keeping the session</source>
   <translation>保留会话</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>The session cannot be kept for the next opening: {error}. Save it to a file.</source>
   <translation>无法为下次打开保留会话：{error}。请将其保存到文件。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>The model has moved</source>
   <translation>模型已移动</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>{name} is neither where it was nor near the session.</source>
   <translation>{name} 既不在原处，也不在会话附近。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>It was {path}. Recipes and figures are all there: only the model is missing.</source>
   <translation>原位置为 {path}。配方和数据都在，只缺模型。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>Locate the model…</source>
   <translation>查找模型…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>Locate {name}</source>
   <translation>查找 {name}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>Checking the model</source>
   <translation>检查模型</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>After a crash this session could not be found: {error}</source>
   <translation>若程序崩溃，将无法找回此会话：{error}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>Lathe did not end as it should: what was open is opened again</source>
   <translation>Lathe 上次未正常结束：正在重新打开当时的文件</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>Back as you left it: {variants} with {rules}.</source>
   <translation>已恢复到您离开时的状态：{variants}，{rules}。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>Back as you left it: {variants} with {rules} and {profiles}.</source>
   <translation>已恢复到您离开时的状态：{variants}，{rules}，{profiles}。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <location filename="../../gui/actions/variants.py" />
   <source>{count} variants</source>
   <translation>{count} 个方案</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>{count} variant</source>
   <translation>{count} 个方案</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>{count} rules</source>
   <translation>{count} 条规则</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>{count} rule</source>
   <translation>{count} 条规则</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>{count} profiles</source>
   <translation>{count} 次性能分析</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>{count} profile</source>
   <translation>{count} 次性能分析</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>The model file has changed since, so that nothing measured before holds: profile again (F5).</source>
   <translation>模型文件已更改，先前的测量不再有效：请再次进行性能分析（F5）。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>{count} figures of another version could not be read.</source>
   <translation>{count} 项来自其他版本的数据无法读取。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>Save session</source>
   <translation>保存会话</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>Variants, figures and settings in a file; the model stays where it is</source>
   <translation>把方案、数据和设置存入文件；模型留在原处</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>Save session as…</source>
   <translation>会话另存为…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/session.py" />
   <source>The session under another name</source>
   <translation>以其他名称保存会话</translation>
  </message>
  <message>
   <location filename="../../gui/actions/share.py" />
   <source>Copied {what}</source>
   <translation>已复制{what}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/share.py" />
   <source>{count} rows of {table}</source>
   <translation>{table}的 {count} 行</translation>
  </message>
  <message>
   <location filename="../../gui/actions/share.py" />
   <source>a table</source>
   <translation>表格</translation>
  </message>
  <message>
   <location filename="../../gui/actions/share.py" />
   <source>what the inspector says</source>
   <translation>检查器的内容</translation>
  </message>
  <message>
   <location filename="../../gui/actions/share.py" />
   <source>the environment</source>
   <translation>环境信息</translation>
  </message>
  <message>
   <location filename="../../gui/actions/share.py" />
   <source>The environment is on the clipboard: paste it into the report</source>
   <translation>环境信息已复制到剪贴板：请粘贴到报告中</translation>
  </message>
  <message>
   <location filename="../../gui/actions/share.py" />
   <source>Copy rows as text</source>
   <translation>将行复制为文本</translation>
  </message>
  <message>
   <location filename="../../gui/actions/share.py" />
   <source>The selected rows of the table that has the focus, else of the layers, with tabs</source>
   <translation>当前焦点所在表格（否则为层表）的选中行，以制表符分隔</translation>
  </message>
  <message>
   <location filename="../../gui/actions/share.py" />
   <source>Copy what the inspector says</source>
   <translation>复制检查器的内容</translation>
  </message>
  <message>
   <location filename="../../gui/actions/share.py" />
   <source>All of it as lines of text</source>
   <translation>以文本行形式复制全部内容</translation>
  </message>
  <message>
   <location filename="../../gui/actions/share.py" />
   <source>Copy plot as picture</source>
   <translation>将图表复制为图片</translation>
  </message>
  <message>
   <location filename="../../gui/actions/share.py" />
   <source>The plot of the panel that is shown, onto the clipboard</source>
   <translation>把当前面板的图表复制到剪贴板</translation>
  </message>
  <message>
   <location filename="../../gui/actions/share.py" />
   <source>Save data of plot as CSV…</source>
   <translation>将图表数据保存为 CSV…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/share.py" />
   <source>The figures behind the plot that is shown</source>
   <translation>当前图表背后的数据</translation>
  </message>
  <message>
   <location filename="../../gui/actions/share.py" />
   <source>Copy environment</source>
   <translation>复制环境信息</translation>
  </message>
  <message>
   <location filename="../../gui/actions/share.py" />
   <source>Versions, machine and device, for a bug report; nothing of the model's content</source>
   <translation>版本、机器和设备，用于缺陷报告；不含模型内容</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>duplicate {variant}</source>
   <translation>复制 {variant}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>new variant</source>
   <translation>新建方案</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>rename {variant}</source>
   <translation>重命名 {variant}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>delete {variants}</source>
   <translation>删除 {variants}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>use {variant}</source>
   <translation>使用 {variant}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <location filename="../../gui/plots/share.py" />
   <source>Tables (*.csv)</source>
   <translation>表格 (*.csv)</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>Save the table of variants</source>
   <translation>保存方案表</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>Table of variants saved to {path}</source>
   <translation>方案表已保存到 {path}</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <location filename="../../gui/main_window.py" />
   <location filename="../../gui/panels/menus.py" />
   <location filename="../../gui/panels/variants.py" />
   <source>Variants</source>
   <translation>方案</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>The variants of the model with their scores, side by side</source>
   <translation>并排显示模型的各方案及其得分</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>Duplicate variant</source>
   <translation>复制方案</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>A copy of the chosen variant, to change and to hold against the original</source>
   <translation>所选方案的副本，供修改并与原方案对比</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>New variant</source>
   <translation>新建方案</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>A variant with an empty recipe</source>
   <translation>配方为空的方案</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>Rename variant…</source>
   <translation>重命名方案…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>Another name for the chosen variant</source>
   <translation>给所选方案换一个名称</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>Delete variant</source>
   <translation>删除方案</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>Take the chosen variants away; undo brings them back</source>
   <translation>删除所选方案；可撤销恢复</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>Make it the current variant</source>
   <translation>设为当前方案</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>The window shows and edits the chosen variant</source>
   <translation>窗口显示并编辑所选方案</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>Next variant</source>
   <translation>下一个方案</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>The window shows and edits the next variant</source>
   <translation>窗口显示并编辑下一个方案</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>Previous variant</source>
   <translation>上一个方案</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>The window shows and edits the variant before</source>
   <translation>窗口显示并编辑上一个方案</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>Measure variants</source>
   <translation>测量方案</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>Profile, verify and compare every variant, where that is not known yet</source>
   <translation>对尚无结果的每个方案进行性能分析、验证和比较</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>Compare two variants…</source>
   <translation>比较两个方案…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>The two chosen rows beside each other, and run in turns</source>
   <translation>并排比较所选两行，并交替运行</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>Save variants as CSV…</source>
   <translation>将方案保存为 CSV…</translation>
  </message>
  <message>
   <location filename="../../gui/actions/variants.py" />
   <source>The table of variants with all scores</source>
   <translation>包含全部得分的方案表</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Reading licences</source>
   <translation>读取许可证</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Layers as a tree of scopes</source>
   <translation>以作用域树显示层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Sums for each module scope; the table shows single layers</source>
   <translation>每个模块作用域的合计；表格则显示单个层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Kernels instead of layers</source>
   <translation>显示内核而非层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>What the runtime really ran, and the layers whose work each kernel does</source>
   <translation>运行时实际运行的内核，以及每个内核执行哪些层</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <location filename="../../gui/main_window.py" />
   <location filename="../../gui/panels/variants.py" />
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/scope_model.py" />
   <location filename="../../gui/tables/variants.py" />
   <source>Latency</source>
   <translation>延迟</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Bars of the layers' latency</source>
   <translation>各层延迟的条形图</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <location filename="../../gui/main_window.py" />
   <location filename="../../gui/panels/runs.py" />
   <location filename="../../gui/panels/toolbar.py" />
   <source>Runs</source>
   <translation>运行</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>How long a run takes, how sure that is, and the histogram of all runs</source>
   <translation>一次运行的时间、其可信程度，以及所有运行的直方图</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <location filename="../../gui/main_window.py" />
   <source>Timeline</source>
   <translation>时间线</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>The kernels of one run over time</source>
   <translation>一次运行中各内核随时间的分布</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <location filename="../../gui/main_window.py" />
   <location filename="../../gui/panels/conversion.py" />
   <source>Difference</source>
   <translation>差异</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Two profiles layer by layer</source>
   <translation>逐层比较两次性能分析</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <location filename="../../gui/main_window.py" />
   <source>Compare</source>
   <translation>比较</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Errors, accuracy and fair latency ratio</source>
   <translation>误差、准确率和公平的延迟比</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <location filename="../../gui/main_window.py" />
   <source>Clean</source>
   <translation>清理</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>What cleaning changed and gained</source>
   <translation>清理所做的更改和收益</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <location filename="../../gui/main_window.py" />
   <location filename="../../gui/panels/log.py" />
   <source>Log</source>
   <translation>日志</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>What ran, and what there was to say about it</source>
   <translation>运行过什么，以及相关说明</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <location filename="../../gui/panels/inspector.py" />
   <source>Inspector</source>
   <translation>检查器</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Show or hide the inspector</source>
   <translation>显示或隐藏检查器</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Lower panels</source>
   <translation>下方面板</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Show or hide plots and recipe</source>
   <translation>显示或隐藏图表和配方</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Next part of the window</source>
   <translation>窗口的下一部分</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>The keyboard goes to toolbar, layers, graph, inspector, plots and recipe in turn</source>
   <translation>键盘焦点依次转到工具栏、层、图、检查器、图表和配方</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Part of the window before</source>
   <translation>窗口的上一部分</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Give the keyboard to the part before</source>
   <translation>键盘焦点转到上一部分</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Theme: as the system</source>
   <translation>主题：跟随系统</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Follow the system's light or dark</source>
   <translation>跟随系统的浅色或深色</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Theme: light</source>
   <translation>主题：浅色</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Always light</source>
   <translation>始终浅色</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Theme: dark</source>
   <translation>主题：深色</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Always dark</source>
   <translation>始终深色</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <location filename="../../gui/dialogs/palette.py" />
   <source>Command palette</source>
   <translation>命令面板</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Find and run any command</source>
   <translation>查找并运行任意命令</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <location filename="../../gui/dialogs/keys.py" />
   <source>Keyboard shortcuts</source>
   <translation>键盘快捷键</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>All commands with their keys</source>
   <translation>所有命令及其快捷键</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <location filename="../../gui/tour.py" />
   <source>Tour of the window</source>
   <translation>窗口导览</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>What is where, in six steps</source>
   <translation>六步了解各部分的位置</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <location filename="../../gui/dialogs/about.py" />
   <source>About Lathe</source>
   <translation>关于 Lathe</translation>
  </message>
  <message>
   <location filename="../../gui/actions/view.py" />
   <source>Version, and the licences of what Lathe is built with</source>
   <translation>版本，以及 Lathe 所用组件的许可证</translation>
  </message>
  <message>
   <location filename="../../gui/actions/zoom.py" />
   <source>The interface is {percent} % large from the next start; work goes on.</source>
   <translation>界面将在下次启动时变为 {percent} % 大小；工作继续进行。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/zoom.py" />
   <source>The interface will be {percent} % large in a moment.</source>
   <translation>界面即将变为 {percent} % 大小。</translation>
  </message>
  <message>
   <location filename="../../gui/actions/zoom.py" />
   <source>Larger interface</source>
   <translation>放大界面</translation>
  </message>
  <message>
   <location filename="../../gui/actions/zoom.py" />
   <source>All that the window shows; it starts again as it was</source>
   <translation>窗口显示的全部内容；窗口会按原样重新启动</translation>
  </message>
  <message>
   <location filename="../../gui/actions/zoom.py" />
   <source>Smaller interface</source>
   <translation>缩小界面</translation>
  </message>
  <message>
   <location filename="../../gui/actions/zoom.py" />
   <source>Interface in the usual size</source>
   <translation>界面恢复正常大小</translation>
  </message>
  <message>
   <location filename="../../gui/actions/zoom.py" />
   <source>100 % of what the system asks for</source>
   <translation>系统设定的 100 %</translation>
  </message>
  <message>
   <location filename="../../gui/app.py" />
   <source>Warming up</source>
   <translation>预热</translation>
  </message>
  <message>
   <location filename="../../gui/calls/checking.py" />
   <location filename="../../gui/glance.py" />
   <location filename="../../gui/panels/distributions.py" />
   <source>Reading weights</source>
   <translation>读取权重</translation>
  </message>
  <message>
   <location filename="../../gui/calls/datasets.py" />
   <location filename="../../gui/dialogs/data.py" />
   <source>Reading a sample</source>
   <translation>读取样本</translation>
  </message>
  <message>
   <location filename="../../gui/calls/datasets.py" />
   <location filename="../../gui/data_choice.py" />
   <source>the data</source>
   <translation>数据</translation>
  </message>
  <message>
   <location filename="../../gui/calls/drawing.py" />
   <location filename="../../gui/canvas/drawings.py" />
   <source>Drawing the graph</source>
   <translation>绘制图</translation>
  </message>
  <message>
   <location filename="../../gui/calls/measuring.py" />
   <source>Looking for what makes it slow</source>
   <translation>查找变慢的原因</translation>
  </message>
  <message>
   <location filename="../../gui/calls/pruning.py" />
   <source>Looking for channels that hang together</source>
   <translation>查找相互关联的通道</translation>
  </message>
  <message>
   <location filename="../../gui/calls/pruning.py" />
   <location filename="../../gui/dialogs/treat.py" />
   <source>Looking at channels</source>
   <translation>查看通道</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/boxes.py" />
   <source>input</source>
   <translation>输入</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/boxes.py" />
   <source>output</source>
   <translation>输出</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/boxes.py" />
   <source>constant</source>
   <translation>常量</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colour_by.py" />
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/tables/difference.py" />
   <location filename="../../gui/tables/layer_model.py" />
   <source>Before</source>
   <translation>之前</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colour_by.py" />
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/difference.py" />
   <source>After</source>
   <translation>之后</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colour_by.py" />
   <location filename="../../gui/canvas/colouring.py" />
   <location filename="../../gui/tables/difference.py" />
   <source>Change</source>
   <translation>变化</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colour_by.py" />
   <source>Colour by</source>
   <translation>着色依据</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colour_by.py" />
   <source>What the colours say</source>
   <translation>颜色的含义</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colour_by.py" />
   <source>Before or after treating</source>
   <translation>处理前或处理后</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colour_by.py" />
   <source>Figures of the float model, of the treated one, or what changed between them</source>
   <translation>浮点模型的数据、处理后模型的数据，或两者之间的变化</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/difference.py" />
   <source>fused</source>
   <translation>已融合</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <location filename="../../gui/tables/columns.py" />
   <source>folded</source>
   <translation>已折叠</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>removed</source>
   <translation>已移除</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <location filename="../../gui/tables/columns.py" />
   <source>not run</source>
   <translation>未运行</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>Convolution</source>
   <translation>卷积</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>Matrix product</source>
   <translation>矩阵乘</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>Recurrent, attention</source>
   <translation>循环、注意力</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>Normalization</source>
   <translation>归一化</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>Activation</source>
   <translation>激活</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>Pooling, reduction</source>
   <translation>池化、归约</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>Quantization</source>
   <translation>量化</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>Elementwise, movement</source>
   <translation>逐元素、数据搬移</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <location filename="../../gui/dialogs/select_rule.py" />
   <source>Operator</source>
   <translation>算子</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>By what kind of operator a layer is</source>
   <translation>按层的算子类别</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>Latency share</source>
   <translation>延迟占比</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>By the part of the time of all kernels that a layer takes</source>
   <translation>按层占全部内核时间的比例</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>Profile the model to see where its time goes</source>
   <translation>进行性能分析即可查看时间花在哪里</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/scope_model.py" />
   <location filename="../../gui/tables/variants.py" />
   <source>MACs</source>
   <translation>MACs</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>By multiply-accumulates per run</source>
   <translation>按每次运行的乘加次数</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>No layer multiplies and accumulates</source>
   <translation>没有进行乘加的层</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/tables/variants.py" />
   <source>Parameters</source>
   <translation>参数</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>By weights, biases and normalisation values</source>
   <translation>按权重、偏置和归一化参数</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>No layer has parameters</source>
   <translation>没有带参数的层</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>By the bytes of a layer's weights and its output</source>
   <translation>按层的权重及输出的字节数</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>The shapes of the outputs are not known</source>
   <translation>输出形状未知</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/kernels.py" />
   <location filename="../../engine/backends/onnxruntime_tensorrt.py" />
   <source>Precision</source>
   <translation>精度</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>By the precision that a layer computes in, or the type of its output where the runtime does not say</source>
   <translation>按层的计算精度；运行时未说明时按输出类型</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/kernels.py" />
   <source>Provider</source>
   <translation>提供程序</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>By the execution provider that ran a layer</source>
   <translation>按运行该层的执行提供程序</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>Profile the model to see what ran where</source>
   <translation>进行性能分析即可查看各层在何处运行</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>By the SQNR of the outputs where this layer alone is treated: low is sensitive</source>
   <translation>按仅处理该层时输出的 SQNR：越低越敏感</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>Scan in the Sensitivity tab to see what treating each layer costs</source>
   <translation>在“敏感度”标签页中扫描，即可查看处理各层的代价</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <location filename="../../gui/panels/inspector.py" />
   <source>Error</source>
   <translation>误差</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>By the SQNR behind each layer of the treated model: low is far from the float model</source>
   <translation>按处理后模型中各层之后的 SQNR：越低离浮点模型越远</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>Measure the errors of layers of a treated model: Measure &gt; Errors by layer</source>
   <translation>测量处理后模型各层的误差：“测量 &gt; 逐层测量误差”</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>By the change of a layer's time: orange is slower, blue is faster</source>
   <translation>按层用时的变化：橙色变慢，蓝色变快</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>Profile the treated model to see what became faster</source>
   <translation>对处理后的模型进行性能分析，即可查看哪些变快了</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/colouring.py" />
   <source>{figure}, after</source>
   <translation>{figure}（处理后）</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/drawings.py" />
   <source>Starting to draw</source>
   <translation>启动绘图</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/export.py" />
   <source>Wrote {path} ({text})</source>
   <translation>已写入 {path}（{text}）</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/export.py" />
   <source>the picture cannot be written</source>
   <translation>无法写出图片</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/export.py" />
   <location filename="../../gui/plots/share.py" />
   <source>Choose another folder.</source>
   <translation>请选择另一个文件夹。</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/export.py" />
   <source>{width:.0f} by {height:.0f}</source>
   <translation>{width:.0f} × {height:.0f}</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/export.py" />
   <source>Is there room on the disk?</source>
   <translation>磁盘空间是否足够？</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/export.py" />
   <source>{width} by {height} pixels</source>
   <translation>{width} × {height} 像素</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/legend.py" />
   <source>ran as one kernel</source>
   <translation>作为一个内核运行</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/legend.py" />
   <location filename="../../gui/figures.py" />
   <location filename="../../gui/measured.py" />
   <source>treated</source>
   <translation>已处理</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/legend.py" />
   <source>loses channels together</source>
   <translation>一同失去通道</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/legend.py" />
   <source>Legend: </source>
   <translation>图例：</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/legend.py" />
   <source>and {count} more</source>
   <translation>以及另外 {count} 个</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/legend.py" />
   <source>{count} of several kinds</source>
   <translation>{count} 个含多种</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/legend.py" />
   <source>{without} without a value</source>
   <translation>{without} 个没有数值</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/minimap.py" />
   <source>Overview of the graph</source>
   <translation>图的缩略图</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/panel.py" />
   <source>The graph could not be drawn: {error}</source>
   <translation>无法绘制图：{error}</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/panel.py" />
   <source>Drawn without ordering: the graph is too tangled for it</source>
   <translation>图过于复杂，未经排序直接绘制</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/panel.py" />
   <source>Arithmetic of shapes is left out; Graph &gt; Show in the graph brings it in</source>
   <translation>形状运算未显示；“图 &gt; 在图中显示”可将其显示出来</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/panel.py" />
   <source>{count} found</source>
   <translation>找到 {count} 个</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/panel.py" />
   <location filename="../../gui/tour.py" />
   <source>{number} of {count}</source>
   <translation>第 {number} 个，共 {count} 个</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/search.py" />
   <source>Find</source>
   <translation>查找</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/search.py" />
   <source>Find layers and scopes in the graph</source>
   <translation>在图中查找层和作用域</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/view.py" />
   <source>Graph of the model</source>
   <translation>模型图</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/words.py" />
   <source>layer {name}</source>
   <translation>层 {name}</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/words.py" />
   <source>input {name}</source>
   <translation>输入 {name}</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/words.py" />
   <source>output {name}</source>
   <translation>输出 {name}</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/words.py" />
   <source>constant {name}</source>
   <translation>常量 {name}</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/words.py" />
   <source>scope {name}</source>
   <translation>作用域 {name}</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/words.py" />
   <source>body {name}</source>
   <translation>子图体 {name}</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/words.py" />
   <source>{treatment}, skipped</source>
   <translation>{treatment}，已跳过</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/words.py" />
   <source>{count} treated</source>
   <translation>已处理 {count} 个</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/words.py" />
   <source>unknown type</source>
   <translation>类型未知</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/words.py" />
   <source>{parameters:,} parameters</source>
   <translation>{parameters:,} 个参数</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/words.py" />
   <source>{macs:,} multiply-accumulates</source>
   <translation>{macs:,} 次乘加</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/words.py" />
   <source>{median_us} per run</source>
   <translation>每次运行 {median_us}</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/words.py" />
   <source>left as it is: {skipped}</source>
   <translation>保持原样：{skipped}</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/words.py" />
   <source>{count} layer</source>
   <translation>{count} 层</translation>
  </message>
  <message>
   <location filename="../../gui/canvas/words.py" />
   <source>{count:,} layers</source>
   <translation>{count:,} 层</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>{layer} makes them</source>
   <translation>{layer} 产生这些通道</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>{layer} follows them</source>
   <translation>{layer} 跟随这些通道</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>{layer} reads them</source>
   <translation>{layer} 读取这些通道</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>{layer} passes on them</source>
   <translation>{layer} 传递这些通道</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>makes {amount}</source>
   <translation>产生 {amount}</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>follows {amount}</source>
   <translation>跟随 {amount}</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>reads {amount}</source>
   <translation>读取 {amount}</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>passes on {amount}</source>
   <translation>传递 {amount}</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>{count} channel</source>
   <translation>{count} 个通道</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>{count} channels</source>
   <translation>{count} 个通道</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>{count} unit</source>
   <translation>{count} 个单元</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>{count} units</source>
   <translation>{count} 个单元</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>{count} neuron</source>
   <translation>{count} 个神经元</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>{count} neurons</source>
   <translation>{count} 个神经元</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>{count} head</source>
   <translation>{count} 个头</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>{count} heads</source>
   <translation>{count} 个头</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>goes along with {amount}</source>
   <translation>随 {amount}变化</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>{what}, which cannot be cut: {reason}</source>
   <translation>{what}，无法剪除：{reason}</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>and {count} more layers</source>
   <translation>以及另外 {count} 层</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>cleaning folds it into {folded}</source>
   <translation>清理时并入 {folded}</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <source>cleaning removes it</source>
   <translation>清理时会移除它</translation>
  </message>
  <message>
   <location filename="../../gui/channels.py" />
   <location filename="../../gui/numbers.py" />
   <location filename="../../gui/panels/compare.py" />
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/panels/roofline.py" />
   <location filename="../../gui/tables/variants.py" />
   <source>unknown</source>
   <translation>未知</translation>
  </message>
  <message>
   <location filename="../../gui/choices.py" />
   <location filename="../../engine/schemes/float16.py" />
   <source>float16</source>
   <translation>float16</translation>
  </message>
  <message>
   <location filename="../../gui/choices.py" />
   <location filename="../../engine/schemes/bfloat16.py" />
   <source>bfloat16</source>
   <translation>bfloat16</translation>
  </message>
  <message>
   <location filename="../../gui/choices.py" />
   <location filename="../../engine/schemes/int8_static.py" />
   <source>int8 static</source>
   <translation>int8 静态</translation>
  </message>
  <message>
   <location filename="../../gui/choices.py" />
   <location filename="../../engine/schemes/int8_dynamic.py" />
   <source>int8 dynamic</source>
   <translation>int8 动态</translation>
  </message>
  <message>
   <location filename="../../gui/choices.py" />
   <location filename="../../engine/schemes/int8_weights.py" />
   <source>int8 weights</source>
   <translation>int8 权重</translation>
  </message>
  <message>
   <location filename="../../gui/choices.py" />
   <location filename="../../engine/schemes/int4_weights.py" />
   <source>int4 weights</source>
   <translation>int4 权重</translation>
  </message>
  <message>
   <location filename="../../gui/choices.py" />
   <source>magnitude weights</source>
   <translation>按幅值（权重）</translation>
  </message>
  <message>
   <location filename="../../gui/choices.py" />
   <source>two of four</source>
   <translation>四选二</translation>
  </message>
  <message>
   <location filename="../../gui/choices.py" />
   <source>l1 channels</source>
   <translation>L1 通道</translation>
  </message>
  <message>
   <location filename="../../gui/choices.py" />
   <source>l2 channels</source>
   <translation>L2 通道</translation>
  </message>
  <message>
   <location filename="../../gui/choices.py" />
   <source>activation channels</source>
   <translation>激活通道</translation>
  </message>
  <message>
   <location filename="../../gui/choices.py" />
   <source>bn scale channels</source>
   <translation>BatchNorm 缩放通道</translation>
  </message>
  <message>
   <location filename="../../gui/choices.py" />
   <source>random channels</source>
   <translation>随机通道</translation>
  </message>
  <message>
   <location filename="../../gui/choices.py" />
   <source>reconstruction channels</source>
   <translation>重建通道</translation>
  </message>
  <message>
   <location filename="../../gui/choices.py" />
   <location filename="../../gui/treatment.py" />
   <source>low rank</source>
   <translation>低秩</translation>
  </message>
  <message>
   <location filename="../../gui/data_choice.py" />
   <source>{calibration} samples to calibrate on, {evaluation} to score on</source>
   <translation>{calibration} 个样本用于校准，{evaluation} 个用于评分</translation>
  </message>
  <message>
   <location filename="../../gui/data_choice.py" />
   <source>{evaluation} samples, which both calibrate and score: the score may be too good</source>
   <translation>{evaluation} 个样本同时用于校准和评分：得分可能偏高</translation>
  </message>
  <message>
   <location filename="../../gui/data_choice.py" />
   <source>{a} is {b}</source>
   <translation>{a} 即 {b}</translation>
  </message>
  <message>
   <location filename="../../gui/data_choice.py" />
   <source>left out of the calibration</source>
   <translation>已从校准中排除</translation>
  </message>
  <message>
   <location filename="../../gui/data_choice.py" />
   <source>the score may be too good</source>
   <translation>得分可能偏高</translation>
  </message>
  <message>
   <location filename="../../gui/data_choice.py" />
   <source>1 calibration sample is in the evaluation part too, {said}: {pairs}</source>
   <translation>有 1 个校准样本也在评估部分中，{said}：{pairs}</translation>
  </message>
  <message>
   <location filename="../../gui/data_choice.py" />
   <source>{count} calibration samples are in the evaluation part too, {said}: {pairs}</source>
   <translation>有 {count} 个校准样本也在评估部分中，{said}：{pairs}</translation>
  </message>
  <message>
   <location filename="../../gui/data_choice.py" />
   <source>{count} of {checked} in {name} left out, {reason}: {names}</source>
   <translation>{name} 的 {checked} 个中有 {count} 个被排除，{reason}：{names}</translation>
  </message>
  <message>
   <location filename="../../gui/data_choice.py" />
   <source>{count} in {name} repeat others: {copies}</source>
   <translation>{name} 中有 {count} 个与其他重复：{copies}</translation>
  </message>
  <message>
   <location filename="../../gui/data_choice.py" />
   <source>{rest} in {name} do not fill a batch</source>
   <translation>{name} 中有 {rest} 个不足一批</translation>
  </message>
  <message>
   <location filename="../../gui/data_choice.py" />
   <source>{first} and {count} more</source>
   <translation>{first} 以及另外 {count} 个</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/about.py" />
   <source>Lathe holds a neural network, lets you measure it, takes material off, and lets you measure again.

Apache License 2.0. Lathe never uses the network. It is built with:</source>
   <translation>Lathe 像车床一样夹住一个神经网络：测量它，削去多余的部分，再测量一次。

Apache License 2.0。Lathe 从不联网。它使用了以下组件：</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/about.py" />
   <source>Components</source>
   <translation>组件</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/about.py" />
   <source>Licence</source>
   <translation>许可证</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/about.py" />
   <source>Its package carries no text of its licence.</source>
   <translation>其软件包未附许可证文本。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>Everything that gains is quantized; then as many of the worst layers stay in float as the limit needs. Lathe decides on the calibration data alone: what it really costs, Verify says on the evaluation data.</source>
   <translation>先量化所有能加速的层，再按上限的需要让最差的若干层保持浮点。Lathe 只依据校准数据做决定；真正的代价由“验证”在评估数据上给出。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>The recipe has it, each layer by its own rule; undo takes it back. Verify (F6) says what it costs on the evaluation data, which was not looked at.</source>
   <translation>结果已写入配方，每层一条规则；可以撤销。“验证”（F6）会在未曾使用过的评估数据上给出代价。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>This needs samples to measure on: choose data first (Ctrl+D).</source>
   <translation>这需要用于测量的样本：请先选择数据（Ctrl+D）。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>Let Lathe choose</source>
   <translation>让 Lathe 选择</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>Let Lathe choose what to quantize</source>
   <translation>让 Lathe 选择量化哪些层</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <location filename="../../gui/dialogs/treat.py" />
   <source>Scheme</source>
   <translation>量化方案</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>{scheme}, where it gains</source>
   <translation>{scheme}，仅用于能加速的层</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <location filename="../../gui/panels/scan_form.py" />
   <source>the recipe as it stands</source>
   <translation>当前配方</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source> points of top-1</source>
   <translation> 个百分点（top-1）</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>Most that may be lost</source>
   <translation>允许的最大损失</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>Quantize with</source>
   <translation>量化方式</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>Lose at most</source>
   <translation>最多损失</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>Choose</source>
   <translation>选择</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>What Lathe chose</source>
   <translation>Lathe 的选择</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>Layers that stay in float, and why</source>
   <translation>保持浮点的层及原因</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>Kept in float</source>
   <translation>保持浮点</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/panels/why.py" />
   <source>Why</source>
   <translation>原因</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>{count} layers stay in float</source>
   <translation>{count} 层保持浮点</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>1 layer stays in float</source>
   <translation>1 层保持浮点</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>no layer needs to stay in float</source>
   <translation>没有层需要保持浮点</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>{points} points cannot be kept: this is the best that was found, {kept}</source>
   <translation>无法控制在 {points} 个百分点以内：这是找到的最好结果，{kept}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>Stopped early: the best that was found until then, {kept}</source>
   <translation>提前停止：到那时为止的最好结果，{kept}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>Within {points} points: {kept}</source>
   <translation>{points} 个百分点以内：{kept}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <location filename="../../gui/dialogs/cut_text.py" />
   <location filename="../../gui/figures.py" />
   <location filename="../../gui/layer_look.py" />
   <location filename="../../gui/panels/facts.py" />
   <location filename="../../gui/panels/runs.py" />
   <location filename="../../gui/panels/sensitivity.py" />
   <location filename="../../gui/plots/histogram.py" />
   <location filename="../../gui/sensitivity.py" />
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/kernels.py" />
   <location filename="../../gui/treatment.py" />
   <source>, </source>
   <translation>，</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>Turned on for {scheme}: {options}</source>
   <translation>已为 {scheme} 启用：{options}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <source>On {samples} calibration samples: {before} with everything quantized, {after} as chosen; {tried} models were measured</source>
   <translation>在 {samples} 个校准样本上：全部量化时为 {before}；选择后为 {after}；共测量了 {tried} 个模型</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/choose.py" />
   <location filename="../../gui/dialogs/pair.py" />
   <source>{points} points</source>
   <translation>{points} 个百分点</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/crash.py" />
   <source>A bug in Lathe</source>
   <translation>Lathe 的程序缺陷</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/crash.py" />
   <source>Something went wrong that should not have</source>
   <translation>出现了不该发生的错误</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/crash.py" />
   <source>This is a bug in Lathe. Your file is untouched and your recipe is kept. Please send us these lines.</source>
   <translation>这是 Lathe 的缺陷。您的文件未被改动，配方已保留。请把以下内容发给我们。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/crash.py" />
   <source>Traceback</source>
   <translation>回溯信息</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/crash.py" />
   <source>Copy</source>
   <translation>复制</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>makes the same {units}</source>
   <translation>输出相同的{units}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>has values for each</source>
   <translation>每个都有对应的值</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>reads them</source>
   <translation>读取它们</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>channels</source>
   <translation>通道</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>neurons</source>
   <translation>神经元</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>heads</source>
   <translation>注意力头</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>units</source>
   <translation>单元</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>{group}: {count} {units}, how many stay is decided on data</source>
   <translation>{group}：共 {count} 个{units}，保留多少由数据决定</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>{group}: all {count} {units} stay</source>
   <translation>{group}：{count} 个{units}全部保留</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>{group}: all {count} {units} stay: there is no lower multiple of {multiple}</source>
   <translation>{group}：{count} 个{units}全部保留：没有更小的 {multiple} 的倍数</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>{group}: {keeps} of {count} {units} stay</source>
   <translation>{group}：{count} 个{units}中保留 {keeps} 个</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>{group}: {keeps} of {count} {units} stay, a multiple of {multiple}</source>
   <translation>{group}：{count} 个{units}中保留 {keeps} 个，为 {multiple} 的倍数</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>{cut}, which can be SLOWER than all of them: the target's fast kernels take multiples of {likes}</source>
   <translation>{cut}，可能比全部保留更慢：目标设备的快速内核要求 {likes} 的倍数</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>{layer} ({role})</source>
   <translation>{layer}（{role}）</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>{cut}. Coupled: {layers}</source>
   <translation>{cut}。耦合的层：{layers}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>{names} and {count} more</source>
   <translation>{names}，以及另外 {count} 个</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>{layer} stays: {reason}</source>
   <translation>{layer} 保持不变：{reason}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>{layer}: its {rows} × {outputs} weight becomes two layers of rank {rank}; ranks up to {most} save something</source>
   <translation>{layer}：{rows} × {outputs} 的权重拆成两个秩为 {rank} 的层；秩不超过 {most} 时才有节省</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>{layer}: its {rows} × {outputs} weight becomes two layers; how thin is decided on its numbers and the data, ranks up to {most} save something</source>
   <translation>{layer}：{rows} × {outputs} 的权重拆成两层；秩由权重数值和数据决定，不超过 {most} 时才有节省</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>{count} more layers become two</source>
   <translation>另有 {count} 层拆成两层</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>{count} more stay as they are</source>
   <translation>另有 {count} 层保持不变</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <location filename="../../gui/panels/recipe_text.py" />
   <source>; </source>
   <translation>；</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>Can be SLOWER as two kernels, for the little that it saves: {names}.</source>
   <translation>拆成两个内核可能反而更慢，因为节省很少：{names}。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>{count} more groups are cut</source>
   <translation>另有 {count} 个组被裁剪</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>{count} more stay whole</source>
   <translation>另有 {count} 个组完整保留</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>{count} of {all} parameters</source>
   <translation>{all} 参数中的 {count}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>{count} of {all} MACs</source>
   <translation>{all} MACs 中的 {count}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>about {time}, by the share of MACs</source>
   <translation>约 {time}（按 MACs 占比估算）</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/cut_text.py" />
   <source>Saves {parts}.</source>
   <translation>节省 {parts}。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>No samples are chosen: inputs are random. Choose a folder or a file.</source>
   <translation>尚未选择样本：输入为随机值。请选择文件夹或文件。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <location filename="../../gui/panels/menus.py" />
   <source>Data</source>
   <translation>数据</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>Folder…</source>
   <translation>文件夹…</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>File…</source>
   <translation>文件…</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>all</source>
   <translation>全部</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>Samples of each part</source>
   <translation>每部分的样本数</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>Check</source>
   <translation>检查</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>Open the samples as the form says, and look at them</source>
   <translation>按表单的设置打开样本并查看</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>Part that is shown</source>
   <translation>显示的部分</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>Calibration</source>
   <translation>校准</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>Evaluation</source>
   <translation>评估</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>Previous</source>
   <translation>上一个</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <location filename="../../gui/tour.py" />
   <source>Next</source>
   <translation>下一个</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>How samples are read</source>
   <translation>样本的读取方式</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>How samples are prepared</source>
   <translation>样本的预处理</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>What the model gets</source>
   <translation>模型实际得到的输入</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>What was found</source>
   <translation>检查结果</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>Use this data</source>
   <translation>使用该数据</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <location filename="../../gui/panels/distributions.py" />
   <source>Reading …</source>
   <translation>正在读取…</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>no picture</source>
   <translation>无图像</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>Sample {number} of {count}</source>
   <translation>样本 {number}/{count}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>No label</source>
   <translation>无标签</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>Label {label}</source>
   <translation>标签 {label}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>Channel {number}: {low} to {high}, mean {mean}</source>
   <translation>通道 {number}：{low} 到 {high}，均值 {mean}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/data.py" />
   <source>The picture is scaled to its own range</source>
   <translation>图像已按自身取值范围缩放</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/devices.py" />
   <source>Devices</source>
   <translation>设备</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/devices.py" />
   <source>Look again</source>
   <translation>重新检测</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/devices.py" />
   <source>Can be used here</source>
   <translation>此处可用</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/devices.py" />
   <source>Cannot be used here</source>
   <translation>此处不可用</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/devices.py" />
   <source>in use</source>
   <translation>使用中</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/devices.py" />
   <source>Use</source>
   <translation>使用</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/devices.py" />
   <source>Use {device}</source>
   <translation>使用 {device}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>ONNX checker</source>
   <translation>ONNX 检查器</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>All shapes inferred</source>
   <translation>全部形状已推断</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>Loads in the runtime</source>
   <translation>可在运行时中加载</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>Written file against the model in memory</source>
   <translation>写出的文件与内存中模型的对比</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>Source is as it was opened</source>
   <translation>源文件与打开时相同</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>Cleaned model against the original</source>
   <translation>清理后的模型与原模型的对比</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>no: it was changed or moved since, so what is written does not say which file it was made from</source>
   <translation>否：此后它被更改或移动，因此写出的文件不注明由哪个文件生成</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <location filename="../../gui/numbers.py" />
   <location filename="../../gui/panels/compare.py" />
   <source>exact</source>
   <translation>完全一致</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <location filename="../../gui/numbers.py" />
   <source>not finite</source>
   <translation>非有限值</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>within {error}</source>
   <translation>误差不超过 {error}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>passed</source>
   <translation>通过</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <location filename="../../gui/form.py" />
   <location filename="../../gui/numbers.py" />
   <source>no</source>
   <translation>否</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>Export</source>
   <translation>导出</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>Export as ONNX</source>
   <translation>导出为 ONNX</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>File to write</source>
   <translation>要写出的文件</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>Browse…</source>
   <translation>浏览…</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>This file exists: it will be replaced.</source>
   <translation>该文件已存在：将被替换。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>It is written aside, checked, loaded and compared with the original first, then moved into place. The recipe goes into its metadata. The file that is open is never touched.</source>
   <translation>先写到临时位置，检查、加载并与原模型比较，然后才移到目标位置。配方会写入其元数据。当前打开的文件绝不会被改动。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>no layer is treated</source>
   <translation>没有处理任何层</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>Contains: cleaned, {treated}.</source>
   <translation>内容：已清理，{treated}。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>Contains: {treated}.</source>
   <translation>内容：{treated}。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>ONNX (*.onnx)</source>
   <translation>ONNX (*.onnx)</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>Working</source>
   <translation>正在进行</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>its progress is at the bottom of the window</source>
   <translation>进度显示在窗口底部</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>Exporting {name}</source>
   <translation>导出 {name}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>Written</source>
   <translation>已写出</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <location filename="../../gui/panels/variants.py" />
   <location filename="../../gui/tables/variants.py" />
   <source>Size</source>
   <translation>大小</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <location filename="../../gui/messages.py" />
   <source>Close</source>
   <translation>关闭</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>Exported {path} ({size}), all checks passed</source>
   <translation>已导出 {path}（{size}），全部检查通过</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>Nothing was written</source>
   <translation>未写出任何文件</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>Export failed: {error}</source>
   <translation>导出失败：{error}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>Stopped</source>
   <translation>已停止</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/export.py" />
   <source>nothing was written</source>
   <translation>未写出任何文件</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/inputs.py" />
   <source>TorchScript and pickled modules keep no shapes, and converting to ONNX needs them. A shape is one number for each dimension with commas between, the batch first. Your answer is remembered for this file.</source>
   <translation>TorchScript 和 pickle 保存的模块不含形状，而转换为 ONNX 需要形状。形状为每个维度一个数字，用逗号分隔，批维在前。您的回答会针对该文件记住。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/inputs.py" />
   <source>Inputs of the program</source>
   <translation>程序的输入</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/inputs.py" />
   <source>What goes into {name}?</source>
   <translation>{name} 的输入是什么？</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/inputs.py" />
   <source>shape</source>
   <translation>形状</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/inputs.py" />
   <source>shape of {input}</source>
   <translation>{input} 的形状</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/inputs.py" />
   <source>value</source>
   <translation>值</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/inputs.py" />
   <source>value of {input}</source>
   <translation>{input} 的值</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/inputs.py" />
   <source>a number</source>
   <translation>一个数字</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/inputs.py" />
   <source>Convert and open</source>
   <translation>转换并打开</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/inputs.py" />
   <source>Show without converting</source>
   <translation>不转换，直接显示</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/inputs.py" />
   <source>Fill in every shape and value first</source>
   <translation>请先填写所有形状和值</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/metric.py" />
   <source>With each Verify the function is called once for each model as function(outputs, labels), after all samples ran, and returns one number.</source>
   <translation>每次验证时，在所有样本运行完之后，对每个模型调用一次该函数 function(outputs, labels)，它返回一个数字。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/metric.py" />
   <source>The file runs with your rights and may do anything. Nothing of it has run yet. The answer holds for the file as it is now, until the window is closed.</source>
   <translation>该文件将以您的权限运行，可以做任何事。目前尚未运行其中任何代码。您的回答只对当前内容的文件有效，直到窗口关闭。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/metric.py" />
   <location filename="../../gui/dialogs/trust.py" />
   <source>Run code of this file?</source>
   <translation>运行该文件中的代码？</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/metric.py" />
   <source>Measure with {name}</source>
   <translation>用 {name} 度量</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/metric.py" />
   <source>Function</source>
   <translation>函数</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/metric.py" />
   <source>Run it with Verify</source>
   <translation>验证时运行</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/metric.py" />
   <source>Do not run</source>
   <translation>不运行</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/pair.py" />
   <source>Their medians come from two separate measurements. Run both in turns to tell a gain from noise.</source>
   <translation>两者的中位数来自两次独立测量。交替运行两者可区分加速与噪声。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/pair.py" />
   <source>Compare two variants</source>
   <translation>比较两个方案</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/pair.py" />
   <source>{first} and {second}</source>
   <translation>{first} 与 {second}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/pair.py" />
   <source>Scores of both variants</source>
   <translation>两个方案的得分</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/pair.py" />
   <source>Second against first</source>
   <translation>第二个相对第一个</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/pair.py" />
   <source>Run in turns</source>
   <translation>交替运行</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/pair.py" />
   <source>Run both in turns</source>
   <translation>交替运行两者</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/pair.py" />
   <source>Latency in alternating blocks of both, then the outputs of one against the other's</source>
   <translation>先交替分块测量两者的延迟，再比较两者的输出</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/pair.py" />
   <source>Comparing two variants</source>
   <translation>比较两个方案</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/pair.py" />
   <source>Time of the second over the first: {ratio}, interval {low} to {high}.</source>
   <translation>第二个与第一个的时间之比：{ratio}，区间 {low} 到 {high}。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/pair.py" />
   <source>Accuracy {first} and {second} %, the same class for {same} %.</source>
   <translation>准确率 {first} 与 {second} %，{same} % 的样本类别相同。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/pair.py" />
   <source>Their outputs differ by {sqnr} on {count} samples.</source>
   <translation>在 {count} 个样本上，两者输出相差 {sqnr}。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/palette.py" />
   <source>Type a command</source>
   <translation>输入命令</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/palette.py" />
   <source>Command</source>
   <translation>命令</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/palette.py" />
   <source>Commands</source>
   <translation>命令</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/palette.py" />
   <source>{menu}: {command}</source>
   <translation>{menu}：{command}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/preferences.py" />
   <source>as the system</source>
   <translation>跟随系统</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/preferences.py" />
   <source>light</source>
   <translation>浅色</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/preferences.py" />
   <source>dark</source>
   <translation>深色</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/preferences.py" />
   <source>Preferences</source>
   <translation>首选项</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/preferences.py" />
   <source>Theme</source>
   <translation>主题</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/preferences.py" />
   <source>Language</source>
   <translation>语言（Language）</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/preferences.py" />
   <source>Tell the end of work that took so long</source>
   <translation>耗时超过此值的工作结束时提醒</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/preferences.py" />
   <source>never</source>
   <translation>从不</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/preferences.py" />
   <source>Profile on the samples, where there are any</source>
   <translation>有样本时用样本做性能分析</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/preferences.py" />
   <source>Forget recent files</source>
   <translation>清除最近的文件</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/preferences.py" />
   <source>Show all columns of the layers</source>
   <translation>显示层表的所有列</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/preferences.py" />
   <source>Tell the end of work after</source>
   <translation>工作结束提醒（耗时超过）</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/preferences.py" />
   <source>While the window is in the background: its entry in the task bar asks for attention.</source>
   <translation>仅当窗口在后台时：任务栏上的图标会提示您。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/runtime.py" />
   <location filename="../../gui/panels/toolbar.py" />
   <source>Runtime options</source>
   <translation>运行时选项</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/runtime.py" />
   <source>Options of {runtime}</source>
   <translation>{runtime} 的选项</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/runtime.py" />
   <source>How {device} runs models. Figures are kept with the options that they were measured with.</source>
   <translation>{device} 运行模型的方式。数据与测量时所用的选项一起保存。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/runtime.py" />
   <source>Options of the runtime</source>
   <translation>运行时的选项</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/select_rule.py" />
   <source>any operator</source>
   <translation>任意算子</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/select_rule.py" />
   <source>Select by rule</source>
   <translation>按规则选择</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/select_rule.py" />
   <source>Select layers by rule</source>
   <translation>按规则选择层</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/select_rule.py" />
   <source>Least share of the time</source>
   <translation>时间的最小占比</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/select_rule.py" />
   <source>Least share of the multiply-accumulates</source>
   <translation>乘加次数的最小占比</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/select_rule.py" />
   <source>Least share of the parameters</source>
   <translation>参数的最小占比</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/select_rule.py" />
   <source>Nothing is measured yet: F5 profiles</source>
   <translation>尚未测量：按 F5 进行性能分析</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/select_rule.py" />
   <source>Only what the recipe does not treat yet</source>
   <translation>仅限配方尚未处理的层</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/select_rule.py" />
   <source>Time more than</source>
   <translation>时间超过</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/select_rule.py" />
   <source>MACs more than</source>
   <translation>MACs 超过</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/select_rule.py" />
   <source>Parameters more than</source>
   <translation>参数超过</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/select_rule.py" />
   <source>Every line that is set must hold.</source>
   <translation>所有已设置的条件须同时满足。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/select_rule.py" />
   <location filename="../../gui/form.py" />
   <location filename="../../gui/numbers.py" />
   <source>not set</source>
   <translation>未设置</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/select_rule.py" />
   <location filename="../../gui/sensitivity.py" />
   <source>{count} of {all} layers</source>
   <translation>{count}/{all} 层</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/select_rule.py" />
   <source>Select {count}</source>
   <translation>选择 {count} 层</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/shapes.py" />
   <source>Input shapes</source>
   <translation>输入形状</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/shapes.py" />
   <source>{name} leaves dimensions open</source>
   <translation>{name} 有未确定的维度</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/shapes.py" />
   <source>Inputs of {name}</source>
   <translation>{name} 的输入</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/shapes.py" />
   <source>Costs, latency and shapes are worked out for one size of each. Your answer is remembered for this file.</source>
   <translation>计算量、延迟和形状按每个维度的一个取值来计算。您的回答会针对该文件记住。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/shapes.py" />
   <source>{name}, dimension {number}</source>
   <translation>{name}，第 {number} 维</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/shapes.py" />
   <source>without a name in the file</source>
   <translation>文件中没有名称</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/shapes.py" />
   <source>Shape of {name}</source>
   <translation>{name} 的形状</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/shapes.py" />
   <source>The file does not say how many dimensions it has: all sizes, with commas between</source>
   <translation>文件未说明它有几个维度：请填写所有维度的大小，用逗号分隔</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/shapes.py" />
   <source>random value</source>
   <translation>随机值</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/shapes.py" />
   <source>Value of {name}</source>
   <translation>{name} 的值</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/shapes.py" />
   <source>One value for all elements, or all of them with commas between</source>
   <translation>所有元素共用一个值，或用逗号分隔逐个填写</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/treat.py" />
   <source>Quantize</source>
   <translation>量化</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/treat.py" />
   <source>Quantize {layers}</source>
   <translation>量化 {layers}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/treat.py" />
   <source>Quantize {count} layers</source>
   <translation>量化 {count} 层</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/treat.py" />
   <source>quantize {layers}</source>
   <translation>量化 {layers}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/treat.py" />
   <source>Prune</source>
   <translation>剪枝</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/treat.py" />
   <source>Prune {layers}</source>
   <translation>剪枝 {layers}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/treat.py" />
   <source>Prune {count} layers</source>
   <translation>剪枝 {count} 层</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/treat.py" />
   <source>prune {layers}</source>
   <translation>剪枝 {layers}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/treat.py" />
   <source>Method</source>
   <translation>方法</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/treat.py" />
   <source>Options</source>
   <translation>选项</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/treat.py" />
   <source>Their options become the same; which layers are treated does not change</source>
   <translation>它们的选项将变得相同；处理哪些层不变</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/treat.py" />
   <source>What the cut takes along and saves</source>
   <translation>裁剪所波及的层与节省</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/treat.py" />
   <source>The same options for the {count} other layer with {title}</source>
   <translation>对另外 {count} 个使用“{title}”的层应用相同选项</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/treat.py" />
   <source>The same options for the {count} other layers with {title}</source>
   <translation>对另外 {count} 个使用“{title}”的层应用相同选项</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/treat.py" />
   <source>{count} left out: {reason}</source>
   <translation>{count} 层不处理：{reason}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/treat.py" />
   <source>{count} will gain nothing: {reason}</source>
   <translation>{count} 层不会加速：{reason}</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/treat.py" />
   <source>The model is too large to say at a glance what goes together.</source>
   <translation>模型太大，无法即时判断哪些层相互耦合。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/trust.py" />
   <source>{name} holds code that opening it would run</source>
   <translation>打开 {name} 会运行其中的代码</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/trust.py" />
   <source>Nothing of it has run yet. Run it only if you know who made the file. The answer holds for this file, until the window is closed.</source>
   <translation>目前尚未运行其中任何代码。只有清楚文件来源时才运行。您的回答只对该文件有效，直到窗口关闭。</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/trust.py" />
   <source>Run its code and open</source>
   <translation>运行其代码并打开</translation>
  </message>
  <message>
   <location filename="../../gui/dialogs/trust.py" />
   <source>Do not open</source>
   <translation>不打开</translation>
  </message>
  <message>
   <location filename="../../gui/figures.py" />
   <location filename="../../gui/panels/latency.py" />
   <location filename="../../gui/panels/status.py" />
   <source>cleaned float model</source>
   <translation>清理后的浮点模型</translation>
  </message>
  <message>
   <location filename="../../gui/figures.py" />
   <source>float model</source>
   <translation>浮点模型</translation>
  </message>
  <message>
   <location filename="../../gui/figures.py" />
   <source>{name} ({count} rules)</source>
   <translation>{name}（{count} 条规则）</translation>
  </message>
  <message>
   <location filename="../../gui/form.py" />
   <location filename="../../gui/numbers.py" />
   <source>yes</source>
   <translation>是</translation>
  </message>
  <message>
   <location filename="../../gui/layer_look.py" />
   <source>Weight</source>
   <translation>权重</translation>
  </message>
  <message>
   <location filename="../../gui/layer_look.py" />
   <source>Bias</source>
   <translation>偏置</translation>
  </message>
  <message>
   <location filename="../../gui/layer_look.py" />
   <location filename="../../gui/panels/compare.py" />
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/tables/columns.py" />
   <source>Output</source>
   <translation>输出</translation>
  </message>
  <message>
   <location filename="../../gui/layer_look.py" />
   <source>Input {position}</source>
   <translation>输入 {position}</translation>
  </message>
  <message>
   <location filename="../../gui/layer_look.py" />
   <source>{dtype}, scale computed in every run</source>
   <translation>{dtype}，每次运行时计算缩放系数</translation>
  </message>
  <message>
   <location filename="../../gui/layer_look.py" />
   <source>Its range is taken from the data of each run</source>
   <translation>其范围取自每次运行的数据</translation>
  </message>
  <message>
   <location filename="../../gui/layer_look.py" />
   <source>scale {low}</source>
   <translation>缩放系数 {low}</translation>
  </message>
  <message>
   <location filename="../../gui/layer_look.py" />
   <location filename="../../gui/panels/distributions.py" />
   <source>{low} to {high}</source>
   <translation>{low} 至 {high}</translation>
  </message>
  <message>
   <location filename="../../gui/layer_look.py" />
   <source> for blocks of {size}</source>
   <translation>（每块 {size}）</translation>
  </message>
  <message>
   <location filename="../../gui/layer_look.py" />
   <source> along axis {axis}</source>
   <translation>（沿轴 {axis}）</translation>
  </message>
  <message>
   <location filename="../../gui/layer_look.py" />
   <source>{count} scales{axis}{block}, {span}</source>
   <translation>{count} 个缩放系数{axis}{block}，{span}</translation>
  </message>
  <message>
   <location filename="../../gui/layer_look.py" />
   <source>scale {low:.9g} to {high:.9g}</source>
   <translation>缩放系数 {low:.9g} 至 {high:.9g}</translation>
  </message>
  <message>
   <location filename="../../gui/layer_look.py" />
   <source>scale {low:.9g}</source>
   <translation>缩放系数 {low:.9g}</translation>
  </message>
  <message>
   <location filename="../../gui/layer_look.py" />
   <source>, zero point 0</source>
   <translation>，零点 0</translation>
  </message>
  <message>
   <location filename="../../gui/layer_look.py" />
   <source>, zero point {text}</source>
   <translation>，零点 {text}</translation>
  </message>
  <message>
   <location filename="../../gui/layer_look.py" />
   <source>{place}, {name}</source>
   <translation>{place}，{name}</translation>
  </message>
  <message>
   <location filename="../../gui/layouts.py" />
   <source>Layout: usual</source>
   <translation>布局：常规</translation>
  </message>
  <message>
   <location filename="../../gui/layouts.py" />
   <source>Layers, graph and inspector above, plots and recipe below</source>
   <translation>上方为层、图和检查器，下方为图表和配方</translation>
  </message>
  <message>
   <location filename="../../gui/layouts.py" />
   <source>Layout: profile</source>
   <translation>布局：性能分析</translation>
  </message>
  <message>
   <location filename="../../gui/layouts.py" />
   <source>Wide layers with their times, the graph by latency share, the timeline below</source>
   <translation>加宽的层表显示时间，图按延迟占比着色，下方为时间线</translation>
  </message>
  <message>
   <location filename="../../gui/layouts.py" />
   <source>Layout: quantize</source>
   <translation>布局：量化</translation>
  </message>
  <message>
   <location filename="../../gui/layouts.py" />
   <source>The layers beside their sensitivity; the graph by precision</source>
   <translation>层与其敏感度并列；图按精度着色</translation>
  </message>
  <message>
   <location filename="../../gui/layouts.py" />
   <source>Layout: prune</source>
   <translation>布局：剪枝</translation>
  </message>
  <message>
   <location filename="../../gui/layouts.py" />
   <source>A large graph by parameters, which outlines what is coupled; the inspector says how</source>
   <translation>大图按参数着色并勾出耦合的层；检查器说明耦合方式</translation>
  </message>
  <message>
   <location filename="../../gui/layouts.py" />
   <source>Layout: compare</source>
   <translation>布局：对比</translation>
  </message>
  <message>
   <location filename="../../gui/layouts.py" />
   <source>The variants side by side below wide layers; no graph</source>
   <translation>加宽的层表下方并列各方案；不显示图</translation>
  </message>
  <message>
   <location filename="../../gui/main_window.py" />
   <source>{action}: {edit}</source>
   <translation>{action}：{edit}</translation>
  </message>
  <message>
   <location filename="../../gui/main_window.py" />
   <source>Tree</source>
   <translation>树</translation>
  </message>
  <message>
   <location filename="../../gui/main_window.py" />
   <location filename="../../gui/panels/kernels.py" />
   <source>Kernels</source>
   <translation>内核</translation>
  </message>
  <message>
   <location filename="../../gui/measured.py" />
   <location filename="../../gui/panels/latency.py" />
   <location filename="../../gui/panels/status.py" />
   <source>file as opened</source>
   <translation>打开时的文件</translation>
  </message>
  <message>
   <location filename="../../gui/measured.py" />
   <source>{variant}: {treatment}</source>
   <translation>{variant}：{treatment}</translation>
  </message>
  <message>
   <location filename="../../gui/measured.py" />
   <source>{name}, {device}, {threads} threads, batch {batch}</source>
   <translation>{name}，{device}，{threads} 线程，批大小 {batch}</translation>
  </message>
  <message>
   <location filename="../../gui/measured.py" />
   <location filename="../../gui/panels/toolbar.py" />
   <source>auto</source>
   <translation>自动</translation>
  </message>
  <message>
   <location filename="../../gui/measured.py" />
   <source>earlier</source>
   <translation>更早</translation>
  </message>
  <message>
   <location filename="../../gui/messages.py" />
   <source>File &gt; Input shapes and values</source>
   <translation>“文件 &gt; 输入形状与值”</translation>
  </message>
  <message>
   <location filename="../../gui/messages.py" />
   <source>the Data menu</source>
   <translation>“数据”菜单</translation>
  </message>
  <message>
   <location filename="../../gui/messages.py" />
   <source>Batch in the toolbar</source>
   <translation>工具栏的“批大小”</translation>
  </message>
  <message>
   <location filename="../../gui/messages.py" />
   <source>Runs in the toolbar</source>
   <translation>工具栏的“运行次数”</translation>
  </message>
  <message>
   <location filename="../../gui/messages.py" />
   <source>Seconds in the Load panel</source>
   <translation>负载面板的“秒数”</translation>
  </message>
  <message>
   <location filename="../../gui/messages.py" />
   <source>Streams in the Load panel</source>
   <translation>负载面板的“流”</translation>
  </message>
  <message>
   <location filename="../../gui/messages.py" />
   <source>number in Data &gt; Samples</source>
   <translation>“数据 &gt; 样本”中的数量</translation>
  </message>
  <message>
   <location filename="../../gui/messages.py" />
   <source>Data &gt; Samples</source>
   <translation>“数据 &gt; 样本”</translation>
  </message>
  <message>
   <location filename="../../gui/messages.py" />
   <source>Threads in the toolbar</source>
   <translation>工具栏的“线程”</translation>
  </message>
  <message>
   <location filename="../../gui/messages.py" />
   <source>the list of devices</source>
   <translation>设备列表</translation>
  </message>
  <message>
   <location filename="../../gui/messages.py" />
   <source>the question that the window asks</source>
   <translation>窗口中的提问</translation>
  </message>
  <message>
   <location filename="../../gui/messages.py" />
   <source>Treat &gt; Clean first</source>
   <translation>“处理 &gt; 先清理”</translation>
  </message>
  <message>
   <location filename="../../gui/messages.py" />
   <source>File &gt; Save recipe</source>
   <translation>“文件 &gt; 保存配方”</translation>
  </message>
  <message>
   <location filename="../../gui/messages.py" />
   <source>Message</source>
   <translation>消息</translation>
  </message>
  <message>
   <location filename="../../gui/messages.py" />
   <source>Close the message</source>
   <translation>关闭消息</translation>
  </message>
  <message>
   <location filename="../../gui/metric.py" />
   <source>has changed since you allowed it to run</source>
   <translation>在您允许运行之后已被更改</translation>
  </message>
  <message>
   <location filename="../../gui/metric.py" />
   <source>Choose it once more.</source>
   <translation>请重新选择它。</translation>
  </message>
  <message>
   <location filename="../../gui/metric.py" />
   <source>cannot be read as Python: {reason}</source>
   <translation>无法作为 Python 读取：{reason}</translation>
  </message>
  <message>
   <location filename="../../gui/metric.py" />
   <source>has no function</source>
   <translation>其中没有函数</translation>
  </message>
  <message>
   <location filename="../../gui/metric.py" />
   <source>Write one: function(outputs, labels) -&gt; float.</source>
   <translation>请写一个：function(outputs, labels) -&gt; float。</translation>
  </message>
  <message>
   <location filename="../../gui/numbers.py" />
   <source>too close to tell</source>
   <translation>差距太小，无法判断</translation>
  </message>
  <message>
   <location filename="../../gui/numbers.py" />
   <source>scalar</source>
   <translation>标量</translation>
  </message>
  <message>
   <location filename="../../gui/panels/clean.py" />
   <source>Gained by cleaning alone</source>
   <translation>仅清理带来的收益</translation>
  </message>
  <message>
   <location filename="../../gui/panels/clean.py" />
   <source>What cleaning changed</source>
   <translation>清理所做的更改</translation>
  </message>
  <message>
   <location filename="../../gui/panels/clean.py" />
   <source>off</source>
   <translation>关闭</translation>
  </message>
  <message>
   <location filename="../../gui/panels/clean.py" />
   <source>This recipe starts from the file as it is (Treat &gt; Clean first).</source>
   <translation>此配方从文件原样开始（“处理 &gt; 先清理”）。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/clean.py" />
   <source>nothing to gain</source>
   <translation>没有可得的收益</translation>
  </message>
  <message>
   <location filename="../../gui/panels/clean.py" />
   <source>The file was clean: treatments are compared with it as it is.</source>
   <translation>文件本来就是干净的：处理结果直接与它对比。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/clean.py" />
   <source>Median latency of the file as opened and of the cleaned float model. Treatments are compared with the cleaned one.</source>
   <translation>打开时的文件与清理后浮点模型的延迟中位数。处理结果与清理后的模型对比。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/clean.py" />
   <source>Profile measures the file as opened and the cleaned model.</source>
   <translation>性能分析会测量打开时的文件和清理后的模型。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/clean.py" />
   <source>Not cleaned yet: it happens with the first profile or treatment.</source>
   <translation>尚未清理：会在第一次性能分析或处理时进行。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/clean.py" />
   <source>Nothing.</source>
   <translation>无。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>Treat a layer, then Compare latency (F7): both models run in turns.</source>
   <translation>先处理一层，再比较延迟（F7）：两个模型交替运行。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>Treat a layer, then Verify (F6): both models run on the evaluation data.</source>
   <translation>先处理一层，再验证（F6）：两个模型都在评估数据上运行。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>Verify (F6) shows here how far each output of the treated model is from the original's.</source>
   <translation>验证（F6）会在此显示处理后模型的每个输出与原模型相差多少。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>Output of the model</source>
   <translation>模型的输出</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>Power of the output over the power of the error, in decibels: higher is closer</source>
   <translation>输出功率与误差功率之比，单位分贝：越高越接近</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/tables/columns.py" />
   <source>Cosine</source>
   <translation>余弦</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>Cosine between original and treated output: 1 is the same direction</source>
   <translation>原输出与处理后输出之间的余弦：1 表示方向相同</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <location filename="../../gui/tables/columns.py" />
   <source>Max error</source>
   <translation>最大误差</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>Largest absolute difference of any element</source>
   <translation>各元素绝对差的最大值</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>Top-1 on {count} samples</source>
   <translation>{count} 个样本的 Top-1</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>Both give the same class for {share}</source>
   <translation>{share} 两者给出相同类别</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>The difference lies within {low} to {high} points</source>
   <translation>差值在 {low} 至 {high} 个百分点之间</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>{text}, which can be chance</source>
   <translation>{text}，可能出于偶然</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>. </source>
   <translation>。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>Latency, in alternating blocks</source>
   <translation>延迟（交替分块）</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <location filename="../../gui/panels/variants.py" />
   <location filename="../../gui/tables/variants.py" />
   <source>Accuracy</source>
   <translation>准确率</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>Error of each output</source>
   <translation>各输出的误差</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>Outputs against the original</source>
   <translation>与原模型的输出对比</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>What was compared</source>
   <translation>对比内容</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>Compare latency (F7) runs both models in turns.</source>
   <translation>比较延迟（F7）会交替运行两个模型。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>{times}  ({gain})</source>
   <translation>{times}（{gain}）</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>{count} sessions</source>
   <translation>{count} 次会话</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>Time after over time before: {ratio}, interval {low} to {high} ({sessions}). The model against itself: {control}. {notes}</source>
   <translation>处理后与处理前的时间之比：{ratio}，区间 {low} 至 {high}（{sessions}）。模型与自身对比：{control}。{notes}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>Verify (F6) runs both on the evaluation data.</source>
   <translation>验证（F6）会在评估数据上运行两者。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>The samples have no labels. {count} samples</source>
   <translation>样本没有标签。{count} 个样本</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>Inputs are synthetic: choose data first. {count} samples</source>
   <translation>输入为合成数据：请先选择数据。{count} 个样本</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>{metric}: F6 computes it</source>
   <translation>{metric}：F6 会计算它</translation>
  </message>
  <message>
   <location filename="../../gui/panels/compare.py" />
   <source>Not verified for the recipe as it stands: Verify (F6).</source>
   <translation>当前配方尚未验证：请验证（F6）。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/conversion.py" />
   <source>Converted</source>
   <translation>转换</translation>
  </message>
  <message>
   <location filename="../../gui/panels/conversion.py" />
   <source>no: {reason}</source>
   <translation>未转换：{reason}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/conversion.py" />
   <source>These are the program's own operators</source>
   <translation>这些是程序自身的算子</translation>
  </message>
  <message>
   <location filename="../../gui/panels/conversion.py" />
   <source>by PyTorch {version}</source>
   <translation>由 PyTorch {version}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/conversion.py" />
   <source>To ONNX, which is what is shown, treated and exported</source>
   <translation>转换为 ONNX：显示、处理和导出的都是它</translation>
  </message>
  <message>
   <location filename="../../gui/panels/conversion.py" />
   <source>another shape, or infinite</source>
   <translation>形状不同，或为无穷大</translation>
  </message>
  <message>
   <location filename="../../gui/panels/conversion.py" />
   <source>identical</source>
   <translation>完全一致</translation>
  </message>
  <message>
   <location filename="../../gui/panels/conversion.py" />
   <source>{error} at most, {sqnr}</source>
   <translation>最大 {error}，{sqnr}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/conversion.py" />
   <source>Output {name}: ONNX Runtime against PyTorch on {count} inputs</source>
   <translation>输出 {name}：ONNX Runtime 与 PyTorch 对比，{count} 组输入</translation>
  </message>
  <message>
   <location filename="../../gui/panels/conversion.py" />
   <source>Note</source>
   <translation>说明</translation>
  </message>
  <message>
   <location filename="../../gui/panels/conversion.py" />
   <source>{place} in {function}</source>
   <translation>{place}（{function} 中）</translation>
  </message>
  <message>
   <location filename="../../gui/panels/conversion.py" />
   <source>{file}, line {line}</source>
   <translation>{file}，第 {line} 行</translation>
  </message>
  <message>
   <location filename="../../gui/panels/conversion.py" />
   <source>Source</source>
   <translation>源码</translation>
  </message>
  <message>
   <location filename="../../gui/panels/difference.py" />
   <source>Two profiles side by side, layer by layer: Profile (F5) before and after treating layers, or load one that was saved (File, Save profile as JSON, or lathe profile --json).</source>
   <translation>并排逐层对比两次性能分析：在处理层之前和之后各做一次性能分析（F5），或载入已保存的一次（“文件 &gt; 将性能分析保存为 JSON”，或 lathe profile --json）。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/difference.py" />
   <source>Difference of two profiles</source>
   <translation>两次性能分析的差异</translation>
  </message>
  <message>
   <location filename="../../gui/panels/difference.py" />
   <source>Profile before</source>
   <translation>之前的性能分析</translation>
  </message>
  <message>
   <location filename="../../gui/panels/difference.py" />
   <source>Profile after</source>
   <translation>之后的性能分析</translation>
  </message>
  <message>
   <location filename="../../gui/panels/difference.py" />
   <location filename="../../engine/pruners/magnitude_weights.py" />
   <source>Threshold</source>
   <translation>阈值</translation>
  </message>
  <message>
   <location filename="../../gui/panels/difference.py" />
   <source>Show the layers that changed by at least this much</source>
   <translation>显示变化至少达到此值的层</translation>
  </message>
  <message>
   <location filename="../../gui/panels/difference.py" />
   <source>Unit of the threshold</source>
   <translation>阈值的单位</translation>
  </message>
  <message>
   <location filename="../../gui/panels/difference.py" />
   <source>Whether layers changed by so much time, or by so much of the time that they took before</source>
   <translation>按变化的时间，或按变化占此前耗时的比例</translation>
  </message>
  <message>
   <location filename="../../gui/panels/difference.py" />
   <source>Load…</source>
   <translation>载入…</translation>
  </message>
  <message>
   <location filename="../../gui/panels/difference.py" />
   <source>Compare with a profile that was saved as JSON</source>
   <translation>与保存为 JSON 的性能分析对比</translation>
  </message>
  <message>
   <location filename="../../gui/panels/difference.py" />
   <source>changed by at least</source>
   <translation>变化至少</translation>
  </message>
  <message>
   <location filename="../../gui/panels/difference.py" />
   <source>{before} → {after}, kernels {difference}</source>
   <translation>{before} → {after}，内核 {difference}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/difference.py" />
   <source>End-to-end medians of two separate measurements: F7 compares in alternating blocks, which tells a gain from noise</source>
   <translation>两次独立测量的端到端中位数：F7 以交替分块对比，可区分收益与噪声</translation>
  </message>
  <message>
   <location filename="../../gui/panels/distributions.py" />
   <source>Treated in the recipe, not built yet: Shift+F6 builds the model and measures the errors of its layers.</source>
   <translation>配方中已处理，尚未构建：Shift+F6 会构建模型并测量各层的误差。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/distributions.py" />
   <source>Codes</source>
   <translation>编码</translation>
  </message>
  <message>
   <location filename="../../gui/panels/distributions.py" />
   <source>Codes: {scheme}</source>
   <translation>编码：{scheme}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/distributions.py" />
   <source>No weights of its own.</source>
   <translation>没有自己的权重。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/distributions.py" />
   <source>{low} to {high}, mean {mean}, deviation {deviation}, {zeros} zeros</source>
   <translation>{low} 至 {high}，均值 {mean}，标准差 {deviation}，{zeros} 为零</translation>
  </message>
  <message>
   <location filename="../../gui/panels/distributions.py" />
   <source>{text}, every n-th element</source>
   <translation>{text}，每隔 n 个元素取一个</translation>
  </message>
  <message>
   <location filename="../../gui/panels/distributions.py" />
   <source>{text}. Bars in float, the line as treated</source>
   <translation>{text}。柱为浮点，线为处理后</translation>
  </message>
  <message>
   <location filename="../../gui/panels/distributions.py" />
   <source>{text}, {more}</source>
   <translation>{text}，{more}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/distributions.py" />
   <source>{text}. {more}</source>
   <translation>{text}。{more}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/distributions.py" />
   <source>codes: {span}</source>
   <translation>编码：{span}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/distributions.py" />
   <source>Counts on a logarithmic scale.</source>
   <translation>计数采用对数刻度。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <location filename="../../gui/panels/runs.py" />
   <source>Made with</source>
   <translation>共同产生</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>Make the same channels, and lose them together</source>
   <translation>产生相同的通道，会一起失去它们</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>Followed by</source>
   <translation>后随</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>Have values for each channel, which go along</source>
   <translation>逐通道带有数值，会随通道一起裁掉</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>Read by</source>
   <translation>被读取</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>Sum over the channels: they lose the weights that read them</source>
   <translation>对通道求和：会失去读取这些通道的权重</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>{median} median, {p90} p90</source>
   <translation>中位数 {median}，p90 {p90}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>Of {runs} runs on {device} with {threads} threads, profiler off</source>
   <translation>在 {device} 上以 {threads} 个线程运行 {runs} 次，分析器关闭</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>{count} per second, batch {batch}</source>
   <translation>每秒 {count}，批大小 {batch}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>Throughput</source>
   <translation>吞吐量</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>kernels {time}, {share} % of it attributed</source>
   <translation>内核 {time}，其中 {share} % 已归属到层</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>Median over the runs of what all kernels took, and the part of it that belongs to layers</source>
   <translation>各次运行中所有内核总耗时的中位数，以及其中归属于各层的部分</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>profiler overhead {share}</source>
   <translation>分析器开销 {share}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>Profiled over unprofiled, minus one: shares come from profiled runs, latencies do not</source>
   <translation>开启分析器的耗时除以未开启的耗时再减一：占比来自开启分析器的运行，延迟则不是</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>peak memory {size}</source>
   <translation>内存峰值 {size}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>By how much the child's memory grew from before the model was loaded</source>
   <translation>子进程内存相对于加载模型之前的增长量</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>Makes</source>
   <translation>产生</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>Follows</source>
   <translation>跟随</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>What is cut or kept as a whole</source>
   <translation>作为整体裁掉或保留的单位</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>Cannot be cut</source>
   <translation>不可裁剪</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>Why these channels stay whatever the recipe says</source>
   <translation>无论配方怎么写，这些通道都会保留的原因</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>and those of {count} more groups</source>
   <translation>以及另外 {count} 组的通道</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>and those of {count} more group</source>
   <translation>以及另外 {count} 组的通道</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <location filename="../../gui/panels/why.py" />
   <source>{layers} and {count} more</source>
   <translation>{layers} 等，另有 {count} 个</translation>
  </message>
  <message>
   <location filename="../../gui/panels/facts.py" />
   <source>{kernel}, with {count} fused</source>
   <translation>{kernel}，融合了另外 {count} 层</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>in</source>
   <translation>输入</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>out</source>
   <translation>输出</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/scope_model.py" />
   <location filename="../../gui/tables/sensitivity.py" />
   <source>Treatment</source>
   <translation>处理</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../engine/pruning/options.py" />
   <source>Channels</source>
   <translation>通道</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>Time</source>
   <translation>时间</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/panels/memory.py" />
   <source>Weights</source>
   <translation>权重</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/tour.py" />
   <source>What can be done</source>
   <translation>可以做什么</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>Attributes</source>
   <translation>属性</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>Inputs and outputs</source>
   <translation>输入与输出</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>Choose a layer to see what it costs and what can be done to it.</source>
   <translation>选择一层，查看它的开销以及可以对它做什么。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/panels/scan_form.py" />
   <location filename="../../gui/tables/kernels.py" />
   <location filename="../../gui/tables/layer_table.py" />
   <source>Layers</source>
   <translation>层</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>Nodes of the graph and of its bodies, constants not counted</source>
   <translation>图及其子图中的节点，不计常量</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>{count} multiply-accumulates per run</source>
   <translation>每次运行 {count} 次乘加</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/panels/menus.py" />
   <source>File</source>
   <translation>文件</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/tables/variants.py" />
   <source>{count} bytes</source>
   <translation>{count} 字节</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>In: {name}</source>
   <translation>输入：{name}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>{time}, {share} of all</source>
   <translation>{time}，占 {share}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>untreated</source>
   <translation>未处理</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>In the recipe</source>
   <translation>配方中</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>{op} in {scope}</source>
   <translation>{op}，位于 {scope}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>Of the first output</source>
   <translation>第一个输出</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/panels/runs.py" />
   <source>Inputs</source>
   <translation>输入</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>Shapes of the inputs, weights included</source>
   <translation>各输入的形状，包括权重</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>{count}, {size} bytes</source>
   <translation>{count}，{size} 字节</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/tables/columns.py" />
   <source>weights {weights} B, output {output} B</source>
   <translation>权重 {weights} B，输出 {output} B</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/panels/runs.py" />
   <location filename="../../gui/panels/toolbar.py" />
   <location filename="../../gui/tables/kernels.py" />
   <source>none</source>
   <translation>无</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/tour.py" />
   <source>Done</source>
   <translation>已完成</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>What the last rebuilt model has</source>
   <translation>最近一次重建的模型中的情况</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>Chosen by Lathe on the calibration data</source>
   <translation>由 Lathe 根据校准数据选定</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>They lose channels together</source>
   <translation>它们一起失去通道</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>Coupled</source>
   <translation>耦合</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>loses channels with {layers}</source>
   <translation>与 {layers} 一起失去通道</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>Left as it is</source>
   <translation>保持原样</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>Why the recipe could not be followed here</source>
   <translation>此处未能按配方处理的原因</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>const</source>
   <translation>常量</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>{value}, in integers</source>
   <translation>{value}，整数</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>{value}, in float</source>
   <translation>{value}，浮点</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>Of the float layer over the treated one's error</source>
   <translation>浮点层的输出功率与处理后误差功率之比</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>1 is the same direction</source>
   <translation>1 表示方向相同</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>Largest</source>
   <translation>最大</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>Absolute difference of any element</source>
   <translation>任一元素的绝对差</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>Behind</source>
   <translation>位置</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>The value that is compared: the layers before it count too</source>
   <translation>所比较的值：前面各层的影响也计算在内</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>{text}, {time} of it inserted by the runtime</source>
   <translation>{text}，其中 {time} 由运行时插入</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>fused into {layer}</source>
   <translation>融合进 {layer}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>{text} (before the last edit)</source>
   <translation>{text}（最近一次编辑之前）</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/kernels.py" />
   <source>{time} µs per run</source>
   <translation>每次运行 {time} µs</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>ran on {provider}</source>
   <translation>运行于 {provider}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>{text}, not the device that was asked for</source>
   <translation>{text}，不是所要求的设备</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>{text}, in {precision}</source>
   <translation>{text}，{precision}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>{time} to copy data between devices</source>
   <translation>{time} 用于在设备间拷贝数据</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>and {count} more kernels</source>
   <translation>以及另外 {count} 个内核</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>not possible: {reason}</source>
   <translation>不可用：{reason}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>possible, but gains nothing: {reason}</source>
   <translation>可用，但没有收益：{reason}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>possible</source>
   <translation>可用</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>for {count} of {all}</source>
   <translation>{all} 层中 {count} 层可用</translation>
  </message>
  <message>
   <location filename="../../gui/panels/inspector.py" />
   <source>for all</source>
   <translation>全部可用</translation>
  </message>
  <message>
   <location filename="../../gui/panels/kernels.py" />
   <source>Nothing is measured with these settings yet. Press F5 or Profile: the runtime then says which kernels it ran.</source>
   <translation>在这些设置下尚未测量。按 F5 或“性能分析”：运行时会报告它运行了哪些内核。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/kernels.py" />
   <source>{count} kernels take {time}</source>
   <translation>{count} 个内核共耗时 {time}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/kernels.py" />
   <source>{text}, {count} of them fell back or copy</source>
   <translation>{text}，其中 {count} 个为回退或拷贝</translation>
  </message>
  <message>
   <location filename="../../gui/panels/kernels.py" />
   <source>{text}, {time} inserted by the runtime</source>
   <translation>{text}，{time} 由运行时插入</translation>
  </message>
  <message>
   <location filename="../../gui/panels/latency.py" />
   <source>Nothing is measured yet. Profile (F5) gives every layer the time that it takes on the chosen device.</source>
   <translation>尚未测量。性能分析（F5）会给出每一层在所选设备上的耗时。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/latency.py" />
   <source>Nothing is measured with these settings. Profile (F5), or set what was set before: its figures come back.</source>
   <translation>在这些设置下尚未测量。请进行性能分析（F5），或恢复之前的设置：数据会重新出现。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/latency.py" />
   <location filename="../../gui/panels/sensitivity.py" />
   <source>Order of the bars</source>
   <translation>柱的顺序</translation>
  </message>
  <message>
   <location filename="../../gui/panels/latency.py" />
   <source>Order of the bars: as the layers run, or the slowest first</source>
   <translation>柱的顺序：按层的执行顺序，或最慢的在前</translation>
  </message>
  <message>
   <location filename="../../gui/panels/latency.py" />
   <source>In execution order</source>
   <translation>按执行顺序</translation>
  </message>
  <message>
   <location filename="../../gui/panels/latency.py" />
   <source>Slowest first</source>
   <translation>最慢的在前</translation>
  </message>
  <message>
   <location filename="../../gui/panels/latency.py" />
   <source>after, before the last edit</source>
   <translation>之后（最近一次编辑之前）</translation>
  </message>
  <message>
   <location filename="../../gui/panels/latency.py" />
   <source>after</source>
   <translation>之后</translation>
  </message>
  <message>
   <location filename="../../gui/panels/latency.py" />
   <source>before</source>
   <translation>之前</translation>
  </message>
  <message>
   <location filename="../../gui/panels/latency.py" />
   <source>Point at a bar to read it, click to choose its layer, turn the wheel to zoom</source>
   <translation>指向柱可读数，单击选择该层，滚轮缩放</translation>
  </message>
  <message>
   <location filename="../../gui/panels/latency.py" />
   <source>{layer} has no kernel of its own</source>
   <translation>{layer} 没有自己的内核</translation>
  </message>
  <message>
   <location filename="../../gui/panels/layers.py" />
   <source>All ops</source>
   <translation>所有算子</translation>
  </message>
  <message>
   <location filename="../../gui/panels/layers.py" />
   <source>Filter by name or op</source>
   <translation>筛选名称/算子</translation>
  </message>
  <message>
   <location filename="../../gui/panels/layers.py" />
   <source>Filter layers by name, op or scope</source>
   <translation>按名称、算子或作用域筛选层</translation>
  </message>
  <message>
   <location filename="../../gui/panels/layers.py" />
   <source>Show one operator type</source>
   <translation>只显示一种算子类型</translation>
  </message>
  <message>
   <location filename="../../gui/panels/layers.py" />
   <source>{shown} of {count} kernels</source>
   <translation>{shown} / {count} 个内核</translation>
  </message>
  <message>
   <location filename="../../gui/panels/layers.py" />
   <location filename="../../gui/tables/kernels.py" />
   <source>{count} kernels</source>
   <translation>{count} 个内核</translation>
  </message>
  <message>
   <location filename="../../gui/panels/layers.py" />
   <source>{shown} of {count} layers</source>
   <translation>{shown} / {count} 层</translation>
  </message>
  <message>
   <location filename="../../gui/panels/layers.py" />
   <source>{layers}, {count} selected</source>
   <translation>{layers}，已选 {count}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <location filename="../../gui/panels/toolbar.py" />
   <source>Batch</source>
   <translation>批大小</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>Samples in one request</source>
   <translation>一个请求中的样本数</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <location filename="../../gui/panels/load_form.py" />
   <location filename="../../gui/panels/roofline.py" />
   <location filename="../../gui/panels/scenarios.py" />
   <location filename="../../gui/panels/toolbar.py" />
   <source>Threads</source>
   <translation>线程</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>Of each stream</source>
   <translation>每个流的线程数</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <location filename="../../gui/panels/load_form.py" />
   <location filename="../../gui/panels/scenarios.py" />
   <location filename="../../engine/backends/openvino.py" />
   <source>Streams</source>
   <translation>流</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>Requests at the same time</source>
   <translation>同时进行的请求数</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>Per s</source>
   <translation>每秒</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>Samples a second over all streams</source>
   <translation>所有流合计每秒的样本数</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <location filename="../../gui/panels/scenarios.py" />
   <location filename="../../gui/tables/kernels.py" />
   <source>Median</source>
   <translation>中位数</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>Latency of a request</source>
   <translation>一个请求的延迟</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>Nine of ten requests take no longer</source>
   <translation>十分之九的请求不超过此值</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>99 of 100 requests take no longer</source>
   <translation>每 100 个请求中 99 个不超过此值</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>A sweep measures every combination: how many samples a second, and how long a request takes.</source>
   <translation>扫描会测量每一种组合：每秒处理多少样本，一个请求需要多久。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>Points of the sweep</source>
   <translation>扫描的各点</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>{tip}. After MLPerf Inference, in seconds instead of minutes.</source>
   <translation>{tip}。参照 MLPerf Inference，只需数秒而非数分钟。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>{count} requests</source>
   <translation>{count} 个请求</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>{count} requests, the best point</source>
   <translation>{count} 个请求，最佳点</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>Best</source>
   <translation>最佳</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>Best within {limit} (p90)</source>
   <translation>{limit} 以内（p90）最佳</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>{best}: batch {batch}, {threads} threads, {streams} streams</source>
   <translation>{best}：批大小 {batch}，{threads} 线程，{streams} 流</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>{best}: batch {batch}, {threads} threads, {streams} stream</source>
   <translation>{best}：批大小 {batch}，{threads} 线程，{streams} 流</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>{point}: {rate} a second, median {median}, p90 {p90}</source>
   <translation>{point}：每秒 {rate}，中位数 {median}，p90 {p90}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>No point stays within {limit} (p90).</source>
   <translation>没有点在 {limit} 以内（p90）。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>Nothing is measured yet.</source>
   <translation>尚未测量。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>{text}. {count} could not be measured: the table says why</source>
   <translation>{text}。{count} 个点无法测量：原因见表格</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>{text}. Not complete: {count} points</source>
   <translation>{text}。未完成：{count} 个点</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>Batch {batch}, {threads} threads, {streams} streams</source>
   <translation>批大小 {batch}，{threads} 线程，{streams} 流</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>Batch {batch}, {threads} threads, {streams} stream</source>
   <translation>批大小 {batch}，{threads} 线程，{streams} 流</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load.py" />
   <source>{point}: {rate} a second, median {median}, p90 {p90}, {count} requests</source>
   <translation>{point}：每秒 {rate}，中位数 {median}，p90 {p90}，{count} 个请求</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>Batches</source>
   <translation>批大小</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>Sizes of the batch, with commas between</source>
   <translation>批大小，用逗号分隔</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>Threads of each stream, with commas between; auto is one for each physical core</source>
   <translation>每个流的线程数，用逗号分隔；auto 表示每个物理核心一个</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>How many requests run at the same time, with commas between</source>
   <translation>同时运行的请求数，用逗号分隔</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <location filename="../../gui/panels/scan_form.py" />
   <source>Limit</source>
   <translation>上限</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>Milliseconds that the p90 latency of the best point stays within; empty for no limit</source>
   <translation>最佳点的 p90 延迟不得超过的毫秒数；留空表示不限</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>Seconds</source>
   <translation>秒数</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>Of measuring at each point</source>
   <translation>每个点的测量时间</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>{text} is not a list of whole numbers</source>
   <translation>{text} 不是整数列表</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>Write them as 1, 2, 4.</source>
   <translation>请写成 1, 2, 4 的形式。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>{text} is not a number above 0</source>
   <translation>{text} 不是大于 0 的数</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>What is measured</source>
   <translation>测量内容</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>A sweep over batch, threads and streams, or a serving scenario of MLPerf Inference</source>
   <translation>对批大小、线程和流做扫描，或采用 MLPerf Inference 的服务场景</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>Sweep</source>
   <translation>扫描</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>no limit, ms</source>
   <translation>不限，毫秒</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>Start sweep</source>
   <translation>开始扫描</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>Settings of the load</source>
   <translation>负载设置</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>a scenario has one number of streams</source>
   <translation>一个场景只有一个流数</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>Write 2, for example.</source>
   <translation>例如填 2。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>ms (p99)</source>
   <translation>毫秒（p99）</translation>
  </message>
  <message>
   <location filename="../../gui/panels/load_form.py" />
   <source>Start scenario</source>
   <translation>开始场景</translation>
  </message>
  <message>
   <location filename="../../gui/panels/log.py" />
   <source>warning: </source>
   <translation>警告：</translation>
  </message>
  <message>
   <location filename="../../gui/panels/log.py" />
   <source>error: </source>
   <translation>错误：</translation>
  </message>
  <message>
   <location filename="../../gui/panels/log.py" />
   <source>bug: </source>
   <translation>程序缺陷：</translation>
  </message>
  <message>
   <location filename="../../gui/panels/log.py" />
   <source>What runs is noted here.</source>
   <translation>运行的内容会记录在这里。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/memory.py" />
   <source>Memory comes with a profile: what is alive while each kernel runs, and which layers make the peak.</source>
   <translation>性能分析后给出内存：每个内核运行时有哪些数据存活，以及哪些层构成峰值。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/memory.py" />
   <source>Point at a kernel to read it, click to choose its layer, turn the wheel to zoom</source>
   <translation>指向内核可读数，单击选择其所属层，滚轮缩放</translation>
  </message>
  <message>
   <location filename="../../gui/panels/memory.py" />
   <source>Alive at the peak, the largest first</source>
   <translation>峰值时存活，最大的在前</translation>
  </message>
  <message>
   <location filename="../../gui/panels/memory.py" />
   <source>Layers that make the peak</source>
   <translation>构成峰值的层</translation>
  </message>
  <message>
   <location filename="../../gui/panels/memory.py" />
   <source>Memory could not be worked out: {reason}</source>
   <translation>无法得出内存：{reason}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/memory.py" />
   <source>Not looked at yet: memory comes at the end of the profile.</source>
   <translation>尚未分析：内存在性能分析结束时给出。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/memory.py" />
   <source>{count} bytes of initializers</source>
   <translation>初始化器共 {count} 字节</translation>
  </message>
  <message>
   <location filename="../../gui/panels/memory.py" />
   <source>Peak</source>
   <translation>峰值</translation>
  </message>
  <message>
   <location filename="../../gui/panels/memory.py" />
   <source>{count} bytes of activations are alive at once: worked out from graph and kernels</source>
   <translation>同时存活的激活共 {count} 字节：由图和内核推算得出</translation>
  </message>
  <message>
   <location filename="../../gui/panels/memory.py" />
   <location filename="../../gui/panels/runs.py" />
   <source>Measured</source>
   <translation>测量</translation>
  </message>
  <message>
   <location filename="../../gui/panels/memory.py" />
   <source>{count} bytes: by how much the process grew until the model was warm. Weights that the runtime repacks, scratch memory and code are in it</source>
   <translation>{count} 字节：到模型预热完成时进程的内存增量。其中包括运行时重排的权重、临时内存和代码</translation>
  </message>
  <message>
   <location filename="../../gui/panels/memory.py" />
   <source>{layer}: {count} bytes</source>
   <translation>{layer}：{count} 字节</translation>
  </message>
  <message>
   <location filename="../../gui/panels/memory.py" />
   <source>the layer's own</source>
   <translation>该层自身</translation>
  </message>
  <message>
   <location filename="../../gui/panels/memory.py" />
   <source>alive</source>
   <translation>存活</translation>
  </message>
  <message>
   <location filename="../../gui/panels/memory.py" />
   <source>{text}. Unknown sizes left out: {count} layers</source>
   <translation>{text}。未计入大小未知的 {count} 层</translation>
  </message>
  <message>
   <location filename="../../gui/panels/memory.py" />
   <source>{layer}   {alive} alive, {own} its own</source>
   <translation>{layer}   存活 {alive}，自身 {own}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/menus.py" />
   <source>Edit</source>
   <translation>编辑</translation>
  </message>
  <message>
   <location filename="../../gui/panels/menus.py" />
   <source>Treat</source>
   <translation>处理</translation>
  </message>
  <message>
   <location filename="../../gui/panels/menus.py" />
   <source>Measure</source>
   <translation>测量</translation>
  </message>
  <message>
   <location filename="../../gui/panels/menus.py" />
   <source>View</source>
   <translation>视图</translation>
  </message>
  <message>
   <location filename="../../gui/panels/menus.py" />
   <source>Help</source>
   <translation>帮助</translation>
  </message>
  <message>
   <location filename="../../gui/panels/menus.py" />
   <source>Open recent</source>
   <translation>打开最近的文件</translation>
  </message>
  <message>
   <location filename="../../gui/panels/menus.py" />
   <source>Open a sample</source>
   <translation>打开示例</translation>
  </message>
  <message>
   <location filename="../../gui/panels/menus.py" />
   <source>No file yet</source>
   <translation>还没有文件</translation>
  </message>
  <message>
   <location filename="../../gui/panels/recipe.py" />
   <source>Nothing yet. Select layers, then press Q to quantize or P to prune them. What is done to which layers is listed here, can be undone, and saves to a file.</source>
   <translation>还没有内容。选中层，然后按 Q 量化或按 P 剪枝。对哪些层做了什么会列在这里，可以撤销，也可以保存到文件。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/recipe.py" />
   <source>Treatments in the recipe</source>
   <translation>配方中的处理</translation>
  </message>
  <message>
   <location filename="../../gui/panels/recipe.py" />
   <source>Take the chosen line out of the recipe</source>
   <translation>将所选行移出配方</translation>
  </message>
  <message>
   <location filename="../../gui/panels/recipe.py" />
   <source>Remove from the recipe</source>
   <translation>从配方中移除</translation>
  </message>
  <message>
   <location filename="../../gui/panels/recipe.py" />
   <location filename="../../gui/tables/variants.py" />
   <source>Recipe</source>
   <translation>配方</translation>
  </message>
  <message>
   <location filename="../../gui/panels/recipe.py" />
   <location filename="../../gui/panels/recipe_text.py" />
   <source>every layer that suits</source>
   <translation>所有适用的层</translation>
  </message>
  <message>
   <location filename="../../gui/panels/recipe.py" />
   <source>Recipe: {count} layers treated</source>
   <translation>配方：已处理 {count} 层</translation>
  </message>
  <message>
   <location filename="../../gui/panels/recipe.py" />
   <source>Recipe: {count} layer treated</source>
   <translation>配方：已处理 {count} 层</translation>
  </message>
  <message>
   <location filename="../../gui/panels/recipe.py" />
   <source>remove {choice}</source>
   <translation>移除 {choice}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/recipe_text.py" />
   <source>keep float</source>
   <translation>保持浮点</translation>
  </message>
  <message>
   <location filename="../../gui/panels/recipe_text.py" />
   <source>do not prune</source>
   <translation>不剪枝</translation>
  </message>
  <message>
   <location filename="../../gui/panels/recipe_text.py" />
   <source>{treatment} ({options})</source>
   <translation>{treatment}（{options}）</translation>
  </message>
  <message>
   <location filename="../../gui/panels/recipe_text.py" />
   <source>{treatment}: {layers}</source>
   <translation>{treatment}：{layers}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/recipe_text.py" />
   <source>nothing yet</source>
   <translation>还没有内容</translation>
  </message>
  <message>
   <location filename="../../gui/panels/roofline.py" />
   <source>The roofline comes with a profile: how close each layer comes to what the device can reach.</source>
   <translation>性能分析后给出屋顶线：每一层离设备所能达到的有多近。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/roofline.py" />
   <source>The ceilings of this device are not known yet. Measuring them runs small models through the runtime for a few seconds, with the threads that are set; the result is kept.</source>
   <translation>此设备的上限尚未知。测量时会用所设的线程数，通过运行时运行小模型数秒；结果会保留。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/roofline.py" />
   <source>Measure this device's ceilings (about 5 s)</source>
   <translation>测量此设备的上限（约 5 秒）</translation>
  </message>
  <message>
   <location filename="../../gui/panels/roofline.py" />
   <source>Point at a layer to read it, click to choose it, turn the wheel to zoom</source>
   <translation>指向层可读数，单击选择，滚轮缩放</translation>
  </message>
  <message>
   <location filename="../../gui/panels/roofline.py" />
   <source>To the right: how much a layer computes for each byte that it reads or writes. Upward: how much it computes in a second. The slanted line is what the memory allows, level lines what the processor reached in each precision. A layer under the slanted part is bound by memory: smaller activations or weights help. One far under the level part computes, but not well: another shape, precision or kernel helps. Above a line, a cache held its data.</source>
   <translation>向右：一层每读写一个字节所做的计算量。向上：它每秒的计算量。斜线是内存所允许的上限，水平线是处理器在各精度下实测达到的上限。位于斜线下方的层受内存限制：减小激活或权重会有帮助。远低于水平线的层受计算限制但效率不高：换一种形状、精度或内核会有帮助。高于某条线，则说明其数据在缓存中。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/roofline.py" />
   <source>How to read it</source>
   <translation>如何解读</translation>
  </message>
  <message>
   <location filename="../../gui/panels/roofline.py" />
   <source>Ceilings of this machine</source>
   <translation>本机的上限</translation>
  </message>
  <message>
   <location filename="../../gui/panels/roofline.py" />
   <source>The highest matrix rate that the runtime reached in it</source>
   <translation>运行时在该精度下达到的最高矩阵运算速率</translation>
  </message>
  <message>
   <location filename="../../gui/panels/roofline.py" />
   <source>Bandwidth beyond all caches</source>
   <translation>超出所有缓存的带宽</translation>
  </message>
  <message>
   <location filename="../../gui/panels/roofline.py" />
   <source>Measured {time} on {device}</source>
   <translation>{time} 在 {device} 上测得</translation>
  </message>
  <message>
   <location filename="../../gui/panels/roofline.py" />
   <source>{layer}   {macs}, {bytes}: {share} of what the memory allows</source>
   <translation>{layer}   {macs}，{bytes}：达到内存上限的 {share}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/roofline.py" />
   <source>{layer}   {macs}, {bytes}: {share} of what the processor allows</source>
   <translation>{layer}   {macs}，{bytes}：达到处理器上限的 {share}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>The runs come with a profile: how long one takes, how sure that is, and where its time goes.</source>
   <translation>性能分析后给出各次运行：一次需要多久、有多确定、时间花在哪里。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>no interval: {sessions}</source>
   <translation>无区间：{sessions}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>95 % within {low} to {high}</source>
   <translation>95 % 置信区间 {low} 至 {high}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>{interval}, {sessions}: another session may well lie outside</source>
   <translation>{interval}，{sessions}：另一次会话很可能落在区间之外</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>{interval} over {count} sessions</source>
   <translation>{interval}，{count} 次会话</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>this session only</source>
   <translation>仅本次会话</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>{count} sessions only</source>
   <translation>仅 {count} 次会话</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>kernels {kernels} + between kernels {between} = {whole} profiled run</source>
   <translation>内核 {kernels} + 内核之间 {between} = 开启分析器的运行 {whole}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>{count} outliers, counted</source>
   <translation>{count} 个离群值，已计入</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>{count} outlier, counted</source>
   <translation>{count} 个离群值，已计入</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>costs less than can be measured here ({share})</source>
   <translation>开销低于此处可测量的程度（{share}）</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>makes a run {share} slower</source>
   <translation>使一次运行变慢 {share}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>before it was done</source>
   <translation>未完成即停止</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Stopped: {reason}</source>
   <translation>已停止：{reason}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>{count} of {all} runs</source>
   <translation>{all} 次运行中的 {count} 次</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>{runs} in {sessions} sessions, {rate} per second at batch {batch}</source>
   <translation>{sessions} 次会话共 {runs} 次，批大小 {batch} 时每秒 {rate}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>{runs} in {sessions} session, {rate} per second at batch {batch}</source>
   <translation>{sessions} 次会话共 {runs} 次，批大小 {batch} 时每秒 {rate}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <location filename="../../engine/pruning/options.py" />
   <source>Spread</source>
   <translation>分布</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>min {min}, mean {mean}</source>
   <translation>最小 {min}，均值 {mean}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>{min} ms and {mean} ms, profiler off</source>
   <translation>{min} ms 和 {mean} ms，分析器关闭</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Tail</source>
   <translation>尾部</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Nine of ten runs, and 99 of 100, are not slower than this</source>
   <translation>十分之九以及百分之九十九的运行不慢于此值</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Outliers</source>
   <translation>离群值</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Runs beyond the upper Tukey fence; they are counted in all other figures</source>
   <translation>超出 Tukey 上界的运行；它们计入所有其他数据</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Measured runs with the profiler off</source>
   <translation>关闭分析器时测量的运行次数</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Wall time</source>
   <translation>墙钟时间</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Kernel times come from runs with the runtime's profiler on. Between kernels is the runtime going from one to the next, and what the profiler itself takes</source>
   <translation>内核时间来自开启运行时分析器的运行。内核之间是运行时从一个内核转到下一个的时间，以及分析器自身的耗时</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Unattributed</source>
   <translation>未归属</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>{share} of the kernels' time</source>
   <translation>占内核时间的 {share}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Time of kernels whose layers are not known</source>
   <translation>所属层未知的内核的时间</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Profiler</source>
   <translation>分析器</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Profiled over unprofiled in alternating blocks, minus one. The latency above is without it</source>
   <translation>交替分块测量，开启与未开启分析器的耗时之比减一。上面的延迟不含该开销</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>in {copy_in}, compute {compute}, out {copy_out}</source>
   <translation>拷入 {copy_in}，计算 {compute}，拷出 {copy_out}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Copies</source>
   <translation>拷贝</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Medians; the device is waited for after each</source>
   <translation>中位数；每一步之后都等待设备完成</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Warm-up</source>
   <translation>预热</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Runs before the measured ones</source>
   <translation>测量之前的运行</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>made up</source>
   <translation>合成</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>from the data</source>
   <translation>来自数据</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Models whose work depends on the data take another time with other data</source>
   <translation>计算量取决于数据的模型，换了数据耗时也会不同</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Clock</source>
   <translation>时钟</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>the processor's</source>
   <translation>处理器时钟</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>the device's events</source>
   <translation>设备事件</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Which clock kernel times are from</source>
   <translation>内核时间取自哪个时钟</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <location filename="../../gui/panels/toolbar.py" />
   <source>Device</source>
   <translation>设备</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>{device}, {count} threads</source>
   <translation>{device}，{count} 个线程</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Settings</source>
   <translation>设置</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Statistics of the runs</source>
   <translation>运行统计</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>This profile holds no histogram of its runs.</source>
   <translation>此性能分析不含运行的直方图。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>{time} median, noisy: see below</source>
   <translation>中位数 {time}，噪声大：见下文</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>{time} median</source>
   <translation>中位数 {time}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>{time} ms, profiler off</source>
   <translation>{time} ms，分析器关闭</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>Noisy: {notes}</source>
   <translation>噪声大：{notes}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>median</source>
   <translation>中位数</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>its interval</source>
   <translation>其区间</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>{low} to {high}: {count} runs</source>
   <translation>{low} 至 {high}：{count} 次运行</translation>
  </message>
  <message>
   <location filename="../../gui/panels/runs.py" />
   <source>{low} to {high}: {count} run</source>
   <translation>{low} 至 {high}：{count} 次运行</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>All that suit</source>
   <translation>所有适用的</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>Selected</source>
   <translation>已选中的</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>One treated</source>
   <translation>处理一层</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>All but one</source>
   <translation>除一层外</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>none, seconds</source>
   <translation>不限，秒</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>Try</source>
   <translation>尝试</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>The scheme or pruning method that each layer gets</source>
   <translation>每一层所用的量化方案或剪枝方法</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <location filename="../../engine/pruners/low_rank.py" />
   <location filename="../../engine/pruners/magnitude_weights.py" />
   <location filename="../../engine/pruners/two_of_four.py" />
   <location filename="../../engine/pruning/options.py" />
   <source>Ratio</source>
   <translation>比例</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>Part of a layer's weights that is pruned</source>
   <translation>一层中被剪除的权重比例</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>Which layers are tried</source>
   <translation>尝试哪些层</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>Mode</source>
   <translation>方式</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>Each by itself, with all others in float, or all of them but one</source>
   <translation>每层单独处理、其余保持浮点，或除一层外全部处理</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <location filename="../../gui/panels/welcome.py" />
   <source>Samples</source>
   <translation>样本</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>Of the calibration data; the evaluation data stays unseen</source>
   <translation>取自校准数据；不使用评估数据</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>Seconds after which no other layer is begun; empty for no limit</source>
   <translation>超过此秒数后不再开始新的层；留空表示不限</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <location filename="../../gui/panels/sensitivity.py" />
   <source>Start</source>
   <translation>开始</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>Afresh</source>
   <translation>重新测量</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>Measure all of them anew</source>
   <translation>全部重新测量</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>Settings of the scan</source>
   <translation>扫描设置</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>prune: {method}</source>
   <translation>剪枝：{method}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>the recipe treats no layer</source>
   <translation>配方未处理任何层</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>Choose a scheme here, or treat layers first.</source>
   <translation>请在此选择一个方案，或先处理层。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>a ratio is between 0 and 1</source>
   <translation>比例应在 0 和 1 之间</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>0.5 prunes half of the weights.</source>
   <translation>0.5 会剪除一半权重。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>none of the selected layers can get this</source>
   <translation>所选的层都不能采用此处理</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scan_form.py" />
   <source>Select others, or take all.</source>
   <translation>请选择其他层，或使用全部。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>Single stream</source>
   <translation>单流</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>Multi-stream</source>
   <translation>多流</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>Server</source>
   <translation>服务器</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>Offline</source>
   <translation>离线</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>One sample after the other: nine of ten take no longer than this</source>
   <translation>样本逐个处理：十分之九的耗时不超过此值</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>Eight samples at a time: 99 of 100 such queries take no longer than this</source>
   <translation>每次八个样本：每 100 个此类查询中 99 个不超过此值</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>Samples arrive at random: the highest rate at which 99 of 100 stay within the limit</source>
   <translation>样本随机到达：每 100 个中 99 个不超限时的最高速率</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>All samples are there from the start: how many are done in a second</source>
   <translation>所有样本一开始就绪：每秒完成多少个</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>Scenario</source>
   <translation>场景</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>How requests arrive, after MLPerf Inference</source>
   <translation>请求到达的方式，参照 MLPerf Inference</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>Result</source>
   <translation>结果</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>The figure that the scenario asks for</source>
   <translation>该场景要求的数据</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>Half of the queries take no longer</source>
   <translation>一半的查询不超过此值</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>p90</source>
   <translation>p90</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>Nine of ten queries take no longer</source>
   <translation>十分之九的查询不超过此值</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>p99</source>
   <translation>p99</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>99 of 100 queries take no longer</source>
   <translation>每 100 个查询中 99 个不超过此值</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>Queries</source>
   <translation>查询数</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>How many were measured</source>
   <translation>测量了多少个</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>Of the runtime, for one stream</source>
   <translation>运行时为每个流使用的线程数</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>Sessions that run beside each other</source>
   <translation>并行运行的会话数</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>no rate held</source>
   <translation>没有速率达标</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <location filename="../../gui/steps.py" />
   <source>{rate} queries a second</source>
   <translation>每秒 {rate} 个请求</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>{rate} samples a second</source>
   <translation>每秒 {rate} 个样本</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>{rate} within {limit}</source>
   <translation>{rate}（{limit} 以内）</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>Serving scenarios</source>
   <translation>服务场景</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>{title}: {note}</source>
   <translation>{title}：{note}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/scenarios.py" />
   <source>{title}: stopped early.</source>
   <translation>{title}：提前停止。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>Which layers can be treated at little loss, and which are better left in float? Start measures it on the calibration data, one layer at a time: early rows are spread over the whole network, and what is there stays when you stop.</source>
   <translation>哪些层处理后损失很小，哪些最好保持浮点？“开始”会在校准数据上逐层测量：最先得到的行分布在整个网络中，停止时已有的结果会保留。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source> No data is chosen: random inputs say little about accuracy. Choose samples first (Ctrl+D).</source>
   <translation>尚未选择数据：随机输入几乎说明不了准确率。请先选择样本（Ctrl+D）。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>The figures hold for what was tried, in the cleaned float model, whatever the recipe says by now: “the recipe as it stands” tries that.</source>
   <translation>这些数据针对在清理后的浮点模型中所尝试的处理，与当前配方无关：“当前配方”会尝试当前配方。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <location filename="../../gui/tables/sensitivity.py" />
   <location filename="../../gui/tables/variants.py" />
   <source>Drop</source>
   <translation>下降</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>points</source>
   <translation>百分点</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <location filename="../../gui/tables/sensitivity.py" />
   <source>Saved</source>
   <translation>节省</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>Sensitivity of each layer</source>
   <translation>各层的敏感度</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>As executed</source>
   <translation>按执行顺序</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>Worst first</source>
   <translation>最差的在前</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>Order of the bars: as the layers run, or the worst first</source>
   <translation>柱的顺序：按层的执行顺序，或最差的在前</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>What the bars show</source>
   <translation>柱所显示的内容</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>What the bars show: closeness of the outputs, loss of accuracy, or time saved</source>
   <translation>柱所显示的内容：输出的接近程度、准确率损失或节省的时间</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>How many of the worst layers stay in float</source>
   <translation>保持浮点的最差层数</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>Apply</source>
   <translation>应用</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <location filename="../../gui/panels/status.py" />
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>Resume</source>
   <translation>继续</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>Stop; what is measured stays</source>
   <translation>停止；已测量的结果保留</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>Keep the {count} worst unpruned</source>
   <translation>最差的 {count} 层不剪枝</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>Keep the worst unpruned</source>
   <translation>最差的一层不剪枝</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>Keep {count} unpruned</source>
   <translation>{count} 层不剪枝</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>Prune all</source>
   <translation>全部剪枝</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>Keep the {count} worst in float</source>
   <translation>最差的 {count} 层保持浮点</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>Keep the worst in float</source>
   <translation>最差的一层保持浮点</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>Keep {count} in float</source>
   <translation>{count} 层保持浮点</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>Treat all</source>
   <translation>全部处理</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>at most {points} points lost</source>
   <translation>最多损失 {points} 个百分点</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>{time} a run</source>
   <translation>每次运行 {time}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>{time} given back</source>
   <translation>退回 {time}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>not known for these together: measure with one layer treated</source>
   <translation>这些层合在一起的结果未知：请以“处理一层”方式测量</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>Expected: {figures}</source>
   <translation>预期：{figures}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>Errors of layers add as powers where they are not correlated; losses of accuracy are added up, which is too high rather than too low. Verify (F6) says what it really is</source>
   <translation>各层误差不相关时按功率相加；准确率损失直接相加，宁高勿低。验证（F6）会给出真实值</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>keep the {count} worst in float</source>
   <translation>最差的 {count} 层保持浮点</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>treat what the scan tried</source>
   <translation>按扫描所尝试的处理</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>{count} points</source>
   <translation>{count} 个百分点</translation>
  </message>
  <message>
   <location filename="../../gui/panels/sensitivity.py" />
   <source>saves {time}</source>
   <translation>节省 {time}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>{times} ({gain})</source>
   <translation>{times}（{gain}）</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>Median latency of the float and of the treated model, measured in alternating blocks; time after over before is {ratio}, interval {low} to {high}</source>
   <translation>浮点模型与处理后模型的延迟中位数，以交替分块测量；处理后与处理前的时间之比为 {ratio}，区间 {low} 至 {high}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>Median latency of the {model}: {time} ms</source>
   <translation>{model}的延迟中位数：{time} ms</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>{time}, noisy</source>
   <translation>{time}，噪声大</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>Median latency of the {model} and of the treated model: {before} and {after} ms</source>
   <translation>{model}与处理后模型的延迟中位数：{before} ms 和 {after} ms</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>{tip}. Profile again for the recipe as it stands.</source>
   <translation>{tip}。请重新进行性能分析以反映当前配方。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>{figures} before the last edit</source>
   <translation>{figures}（最近一次编辑之前）</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>{tip}. F7 runs both in turn, which tells noise from gain.</source>
   <translation>{tip}。F7 会交替运行两者，以区分噪声与收益。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <location filename="../../gui/panels/toolbar.py" />
   <source>on samples</source>
   <translation>使用样本</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>Inputs of the viewed profile: from {data}</source>
   <translation>所查看性能分析的输入：来自 {data}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>on synthetic inputs</source>
   <translation>使用合成输入</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>Inputs of the viewed profile: random; times of some models depend on the data</source>
   <translation>所查看性能分析的输入：随机；某些模型的耗时取决于数据</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>{inputs}, stopped early</source>
   <translation>{inputs}，提前停止</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>Share of right answers on {count} samples, original and treated, in percent</source>
   <translation>在 {count} 个样本上答对的百分比，原模型与处理后</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>Right among the first five: {before} → {after}</source>
   <translation>前五个中有正确答案：{before} → {after}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>top-1 {before} → {after}, {share} agree</source>
   <translation>top-1 {before} → {after}，{share} 一致</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>Both give the same class for {share} of them</source>
   <translation>其中 {share} 两者给出相同类别</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>The file and its external data: {count} bytes</source>
   <translation>文件及其外部数据：{count} 字节</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>The treated model has not been built for this recipe yet</source>
   <translation>尚未按此配方构建处理后的模型</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>The file as opened and the treated model: {before} and {after} bytes</source>
   <translation>打开时的文件与处理后的模型：{before} 和 {after} 字节</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>Figures and progress</source>
   <translation>数据与进度</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>Progress</source>
   <translation>进度</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>Stop and keep what was measured so far (Ctrl+Shift+.)</source>
   <translation>停止，并保留已测量的结果（Ctrl+Shift+.）</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>Cancel and discard (Ctrl+.)</source>
   <translation>取消并丢弃（Ctrl+.）</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>{job}: {step}</source>
   <translation>{job}：{step}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>Cancelling: {job}</source>
   <translation>正在取消：{job}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/status.py" />
   <source>Stopping: {job}</source>
   <translation>正在停止：{job}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/timeline.py" />
   <source>The timeline comes with a profile: the kernels of one typical run over time, by thread.</source>
   <translation>性能分析后给出时间线：一次典型运行中各内核随时间的分布，按线程显示。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/timeline.py" />
   <source>Point at a kernel to read it; wheel zooms, drag moves, double click shows all</source>
   <translation>指向内核可读数；滚轮缩放，拖动平移，双击显示全部</translation>
  </message>
  <message>
   <location filename="../../gui/panels/timeline.py" />
   <source>kernel</source>
   <translation>内核</translation>
  </message>
  <message>
   <location filename="../../gui/panels/timeline.py" />
   <location filename="../../gui/tables/kernels.py" />
   <source>inserted</source>
   <translation>插入</translation>
  </message>
  <message>
   <location filename="../../gui/panels/timeline.py" />
   <source>fell back</source>
   <translation>回退</translation>
  </message>
  <message>
   <location filename="../../gui/panels/timeline.py" />
   <location filename="../../gui/tables/kernels.py" />
   <source>copy</source>
   <translation>拷贝</translation>
  </message>
  <message>
   <location filename="../../gui/panels/timeline.py" />
   <source>This profile holds no timeline of a run.</source>
   <translation>此性能分析不含运行的时间线。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/timeline.py" />
   <source>{kernel}  of {layers}</source>
   <translation>{kernel}  属于 {layers}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source>Tools</source>
   <translation>工具栏</translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source>Threads of the runtime; auto is one for each physical core</source>
   <translation>运行时的线程数；自动为每个物理核心一个</translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source>Size of a dynamic batch dimension</source>
   <translation>动态批维度的大小</translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source>Measured runs; auto goes on until the figures are steady</source>
   <translation>测量的运行次数；自动会一直进行到数据稳定</translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source> Threads </source>
   <translation> 线程 </translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source> Batch </source>
   <translation> 批大小 </translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source> Runs </source>
   <translation> 运行次数 </translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source>{device} (not available)</source>
   <translation>{device}（不可用）</translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source>All devices and what to install…</source>
   <translation>所有设备及需安装的内容…</translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source>Runtime options ({keys}): {options}</source>
   <translation>运行时选项（{keys}）：{options}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source>the defaults</source>
   <translation>默认值</translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source>Where models are measured: {device}</source>
   <translation>测量模型的设备：{device}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source>Data of the sample: {name}</source>
   <translation>示例的数据：{name}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source>Inputs are random: latency is measured, accuracy stays unknown. Choose samples to calibrate quantization and to score accuracy.</source>
   <translation>输入为随机数：可测量延迟，准确率未知。请选择样本以校准量化并评估准确率。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source>{count} samples: one part calibrates, the other one scores</source>
   <translation>{count} 个样本：一部分用于校准，另一部分用于评分</translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source>Inputs of a profile</source>
   <translation>性能分析的输入</translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source>Latency is measured on the chosen samples</source>
   <translation>在所选样本上测量延迟</translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source>Latency is measured on random inputs. Models whose time depends on the data need real samples.</source>
   <translation>在随机输入上测量延迟。耗时取决于数据的模型需要真实样本。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source>Data: {name}</source>
   <translation>数据：{name}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source>Inputs: samples</source>
   <translation>输入：样本</translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source>Inputs: synthetic</source>
   <translation>输入：合成</translation>
  </message>
  <message>
   <location filename="../../gui/panels/toolbar.py" />
   <source>on synthetic</source>
   <translation>使用合成输入</translation>
  </message>
  <message>
   <location filename="../../gui/panels/variants.py" />
   <source>A variant is a recipe with a name. Duplicate one, change the copy, measure both: the table says what each costs.</source>
   <translation>方案就是有名字的配方。复制一个，修改副本，两者都测量：表格会显示各自的开销。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/variants.py" />
   <source>A point needs both figures of a variant: F5 gives latency and size, F6 the accuracy on samples with labels and the SQNR. Measure variants does both for all of them.</source>
   <translation>一个点需要方案的两项数值：F5 给出延迟和大小，F6 给出 SQNR 以及在带标签样本上的准确率。“测量方案”会为所有方案完成这两项。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/variants.py" />
   <source>Latency, ms</source>
   <translation>延迟，ms</translation>
  </message>
  <message>
   <location filename="../../gui/panels/variants.py" />
   <source>Size, MB</source>
   <translation>大小，MB</translation>
  </message>
  <message>
   <location filename="../../gui/panels/variants.py" />
   <source>Accuracy, %</source>
   <translation>准确率，%</translation>
  </message>
  <message>
   <location filename="../../gui/panels/variants.py" />
   <source>Figure upward</source>
   <translation>纵轴数据</translation>
  </message>
  <message>
   <location filename="../../gui/panels/variants.py" />
   <source>Figure to the right</source>
   <translation>横轴数据</translation>
  </message>
  <message>
   <location filename="../../gui/panels/variants.py" />
   <source>over</source>
   <translation>对</translation>
  </message>
  <message>
   <location filename="../../gui/panels/variants.py" />
   <source>Variants by two of their figures</source>
   <translation>按两项数据显示方案</translation>
  </message>
  <message>
   <location filename="../../gui/panels/viewed.py" />
   <source>Profile that is shown</source>
   <translation>所显示的性能分析</translation>
  </message>
  <message>
   <location filename="../../gui/panels/viewed.py" />
   <source>Nothing is measured with these settings</source>
   <translation>在这些设置下尚未测量</translation>
  </message>
  <message>
   <location filename="../../gui/panels/welcome.py" />
   <source>Drop a model here</source>
   <translation>将模型拖放到此处</translation>
  </message>
  <message>
   <location filename="../../gui/panels/welcome.py" />
   <source>See what every layer costs on this machine, quantize and prune by clicking,
measure again, and export a checked ONNX file.</source>
   <translation>查看每一层在本机上的开销，点击即可量化和剪枝，
再次测量，并导出经过检查的 ONNX 文件。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/welcome.py" />
   <source>Open a file…</source>
   <translation>打开文件…</translation>
  </message>
  <message>
   <location filename="../../gui/panels/welcome.py" />
   <source>Recent</source>
   <translation>最近</translation>
  </message>
  <message>
   <location filename="../../gui/panels/welcome.py" />
   <source>Files that you open are listed here.</source>
   <translation>打开过的文件会列在这里。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/why.py" />
   <source>What costs time in this model</source>
   <translation>这个模型中耗时的地方</translation>
  </message>
  <message>
   <location filename="../../gui/panels/why.py" />
   <source>Cost</source>
   <translation>开销</translation>
  </message>
  <message>
   <location filename="../../gui/panels/why.py" />
   <source>What it takes of one run, as measured; – where that cannot be measured</source>
   <translation>在一次运行中实测占用的时间；无法测量处为 –</translation>
  </message>
  <message>
   <location filename="../../gui/panels/why.py" />
   <source>Of the run</source>
   <translation>占运行时间</translation>
  </message>
  <message>
   <location filename="../../gui/panels/why.py" />
   <source>That cost as a part of the median latency</source>
   <translation>该开销占延迟中位数的比例</translation>
  </message>
  <message>
   <location filename="../../gui/panels/why.py" />
   <source>Reasons come with a profile: what did not fuse, what the runtime inserted, what fell back, and what helps.</source>
   <translation>性能分析后给出原因：什么没有融合、运行时插入了什么、什么发生了回退，以及什么办法有用。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/why.py" />
   <source>Nothing stands out in the profile shown ({title}): no rule found time that a click would save.</source>
   <translation>所显示的性能分析（{title}）中没有突出的问题：没有规则发现一次点击就能省下的时间。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/why.py" />
   <source>What costs time</source>
   <translation>耗时的地方</translation>
  </message>
  <message>
   <location filename="../../gui/panels/why.py" />
   <source>Why this layer</source>
   <translation>这一层的原因</translation>
  </message>
  <message>
   <location filename="../../gui/panels/why.py" />
   <source>Not looked at yet: reasons come at the end of the profile.</source>
   <translation>尚未分析：原因在性能分析结束时给出。</translation>
  </message>
  <message>
   <location filename="../../gui/panels/why.py" />
   <source>The reasons could not be worked out: {reason}</source>
   <translation>无法得出原因：{reason}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/why.py" />
   <source>{title}, against the {before}</source>
   <translation>{title}，对比{before}</translation>
  </message>
  <message>
   <location filename="../../gui/panels/why.py" />
   <location filename="../../gui/tables/sensitivity.py" />
   <source>{time} µs of one run</source>
   <translation>一次运行中的 {time} µs</translation>
  </message>
  <message>
   <location filename="../../gui/panels/why.py" />
   <source>Show the layer</source>
   <translation>显示该层</translation>
  </message>
  <message>
   <location filename="../../gui/panels/why.py" />
   <source>Show {count} layers</source>
   <translation>显示 {count} 层</translation>
  </message>
  <message>
   <location filename="../../gui/panels/why.py" />
   <source>Select them here and in every other view</source>
   <translation>在此处和所有其他视图中选中它们</translation>
  </message>
  <message>
   <location filename="../../gui/panels/why.py" />
   <source>Apply it; undo takes it back, and the next profile says what it gained</source>
   <translation>应用；可以撤销，下一次性能分析会显示收益</translation>
  </message>
  <message>
   <location filename="../../gui/plots/bars.py" />
   <source>Latency of each layer</source>
   <translation>各层的延迟</translation>
  </message>
  <message>
   <location filename="../../gui/plots/histogram.py" />
   <source>{count} elements</source>
   <translation>{count} 个元素</translation>
  </message>
  <message>
   <location filename="../../gui/plots/histogram.py" />
   <source>{count} as treated</source>
   <translation>处理后 {count} 个</translation>
  </message>
  <message>
   <location filename="../../gui/plots/histogram.py" />
   <source>{low} to {high}: {counts}</source>
   <translation>{low} 至 {high}：{counts}</translation>
  </message>
  <message>
   <location filename="../../gui/plots/histogram.py" />
   <source>Histogram of weights</source>
   <translation>权重的直方图</translation>
  </message>
  <message>
   <location filename="../../gui/plots/histogram.py" />
   <source>Histogram of a value</source>
   <translation>值的直方图</translation>
  </message>
  <message>
   <location filename="../../gui/plots/load.py" />
   <source>Throughput against latency</source>
   <translation>吞吐量与延迟</translation>
  </message>
  <message>
   <location filename="../../gui/plots/load.py" />
   <source>latency of a request, p90, ms</source>
   <translation>请求延迟，p90，ms</translation>
  </message>
  <message>
   <location filename="../../gui/plots/load.py" />
   <source>samples per second</source>
   <translation>每秒样本数</translation>
  </message>
  <message>
   <location filename="../../gui/plots/load.py" />
   <source>limit {time} ms</source>
   <translation>上限 {time} ms</translation>
  </message>
  <message>
   <location filename="../../gui/plots/load.py" />
   <source>{point} best</source>
   <translation>{point} 最佳</translation>
  </message>
  <message>
   <location filename="../../gui/plots/memory.py" />
   <source>kernels in execution order</source>
   <translation>按执行顺序排列的内核</translation>
  </message>
  <message>
   <location filename="../../gui/plots/memory.py" />
   <source>peak {size}: {layer}</source>
   <translation>峰值 {size}：{layer}</translation>
  </message>
  <message>
   <location filename="../../gui/plots/roofline.py" />
   <source>MACs per byte</source>
   <translation>每字节 MACs</translation>
  </message>
  <message>
   <location filename="../../gui/plots/roofline.py" />
   <source>memory {rate} GB/s</source>
   <translation>内存 {rate} GB/s</translation>
  </message>
  <message>
   <location filename="../../gui/plots/roofline.py" />
   <source>cache {rate} GB/s</source>
   <translation>缓存 {rate} GB/s</translation>
  </message>
  <message>
   <location filename="../../gui/plots/runs.py" />
   <source>Histogram of the runs</source>
   <translation>运行的直方图</translation>
  </message>
  <message>
   <location filename="../../gui/plots/runs.py" />
   <source>runs</source>
   <translation>运行次数</translation>
  </message>
  <message>
   <location filename="../../gui/plots/share.py" />
   <source>Show all</source>
   <translation>显示全部</translation>
  </message>
  <message>
   <location filename="../../gui/plots/share.py" />
   <source>Copy as picture</source>
   <translation>复制为图片</translation>
  </message>
  <message>
   <location filename="../../gui/plots/share.py" />
   <source>Copy data</source>
   <translation>复制数据</translation>
  </message>
  <message>
   <location filename="../../gui/plots/share.py" />
   <source>Save picture as PNG…</source>
   <translation>将图片保存为 PNG…</translation>
  </message>
  <message>
   <location filename="../../gui/plots/share.py" />
   <source>Save data as CSV…</source>
   <translation>将数据保存为 CSV…</translation>
  </message>
  <message>
   <location filename="../../gui/plots/share.py" />
   <source>Save the picture</source>
   <translation>保存图片</translation>
  </message>
  <message>
   <location filename="../../gui/plots/share.py" />
   <source>Pictures (*.png)</source>
   <translation>图片 (*.png)</translation>
  </message>
  <message>
   <location filename="../../gui/plots/share.py" />
   <source>Save the data</source>
   <translation>保存数据</translation>
  </message>
  <message>
   <location filename="../../gui/plots/share.py" />
   <source>{path} cannot be written</source>
   <translation>无法写入 {path}</translation>
  </message>
  <message>
   <location filename="../../gui/plots/share.py" />
   <source>Plot saved to {path}</source>
   <translation>图表已保存到 {path}</translation>
  </message>
  <message>
   <location filename="../../gui/plots/share.py" />
   <source>Data of the plot saved to {path}</source>
   <translation>图表数据已保存到 {path}</translation>
  </message>
  <message>
   <location filename="../../gui/plots/spans.py" />
   <source>runtime</source>
   <translation>运行时</translation>
  </message>
  <message>
   <location filename="../../gui/plots/timeline.py" />
   <source>{op}, {time}, from {start} on</source>
   <translation>{op}，{time}，自 {start} 起</translation>
  </message>
  <message>
   <location filename="../../gui/plots/timeline.py" />
   <source>inserted by the runtime</source>
   <translation>由运行时插入</translation>
  </message>
  <message>
   <location filename="../../gui/plots/timeline.py" />
   <source>fell back to another provider</source>
   <translation>回退到另一提供程序</translation>
  </message>
  <message>
   <location filename="../../gui/plots/timeline.py" />
   <source>copy between devices</source>
   <translation>设备间拷贝</translation>
  </message>
  <message>
   <location filename="../../gui/plots/timeline.py" />
   <source>layers: {layers}</source>
   <translation>层：{layers}</translation>
  </message>
  <message>
   <location filename="../../gui/plots/timeline.py" />
   <source>layers: none of the file</source>
   <translation>层：不属于文件中的层</translation>
  </message>
  <message>
   <location filename="../../gui/plots/timeline.py" />
   <source>Timeline of the kernels of one run</source>
   <translation>一次运行中各内核的时间线</translation>
  </message>
  <message>
   <location filename="../../gui/remedies.py" />
   <source>The recipe has this already. Profile again to see what it gives.</source>
   <translation>配方中已有此项。重新进行性能分析即可查看效果。</translation>
  </message>
  <message>
   <location filename="../../gui/remedies.py" />
   <source>It would change nothing in the recipe as it stands.</source>
   <translation>对当前配方不会有任何改变。</translation>
  </message>
  <message>
   <location filename="../../gui/saving.py" />
   <source>{name} is there already. Replace it?</source>
   <translation>{name} 已存在。要替换它吗？</translation>
  </message>
  <message>
   <location filename="../../gui/saving.py" />
   <source>Replace the file</source>
   <translation>替换文件</translation>
  </message>
  <message>
   <location filename="../../gui/scores.py" />
   <source>Float</source>
   <translation>浮点</translation>
  </message>
  <message>
   <location filename="../../gui/scores.py" />
   <source>cleaned only</source>
   <translation>仅清理</translation>
  </message>
  <message>
   <location filename="../../gui/scores.py" />
   <source>as it is</source>
   <translation>原样</translation>
  </message>
  <message>
   <location filename="../../gui/sensitivity.py" />
   <source>The recipe as it stands</source>
   <translation>当前配方</translation>
  </message>
  <message>
   <location filename="../../gui/sensitivity.py" />
   <source>An earlier recipe</source>
   <translation>更早的配方</translation>
  </message>
  <message>
   <location filename="../../gui/sensitivity.py" />
   <source>each layer treated by itself</source>
   <translation>逐层单独处理</translation>
  </message>
  <message>
   <location filename="../../gui/sensitivity.py" />
   <source>all layers treated but one</source>
   <translation>除一层外全部处理</translation>
  </message>
  <message>
   <location filename="../../gui/sensitivity.py" />
   <source>{count} samples</source>
   <translation>{count} 个样本</translation>
  </message>
  <message>
   <location filename="../../gui/sensitivity.py" />
   <source>known from before</source>
   <translation>先前已知</translation>
  </message>
  <message>
   <location filename="../../gui/sensitivity.py" />
   <source>{count} could not be measured</source>
   <translation>{count} 层无法测量</translation>
  </message>
  <message>
   <location filename="../../gui/sensitivity.py" />
   <source>stopped: Resume goes on</source>
   <translation>已停止：“继续”可接着进行</translation>
  </message>
  <message>
   <location filename="../../gui/sensitivity.py" />
   <source>{tried} (the recipe treats {count} of them otherwise)</source>
   <translation>{tried}（配方对其中 {count} 层的处理不同）</translation>
  </message>
  <message>
   <location filename="../../gui/sensitivity.py" />
   <source>{tried}: {facts}</source>
   <translation>{tried}：{facts}</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>attributing</source>
   <translation>正在归属</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>building the graph of {name}</source>
   <translation>正在构建 {name} 的图</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>building the session</source>
   <translation>正在创建会话</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>calibrating</source>
   <translation>正在校准</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>calibrating bodies</source>
   <translation>正在校准子图体</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>calibrating, pass {number} of {count}</source>
   <translation>正在校准，第 {number} 轮，共 {count} 轮</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>checking samples</source>
   <translation>正在检查样本</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>checking {name}</source>
   <translation>正在检查 {name}</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>choosing channels</source>
   <translation>正在选择通道</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>cleaning</source>
   <translation>正在清理</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>comparing</source>
   <translation>正在比较</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>comparing layers</source>
   <translation>正在逐层比较</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>comparing layers, pass {number} of {count}</source>
   <translation>正在逐层比较，第 {number} 轮，共 {count} 轮</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>comparing the cleaned model with the source</source>
   <translation>正在将清理后的模型与源文件比较</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>computing the metric</source>
   <translation>正在计算指标</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>cutting {count} groups of channels</source>
   <translation>正在剪除 {count} 组通道</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>explaining</source>
   <translation>正在查找原因</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>factoring</source>
   <translation>正在分解</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>healing</source>
   <translation>正在修复</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>healing block {number} of {count}</source>
   <translation>正在修复第 {number} 块，共 {count} 块</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>inferring shapes</source>
   <translation>正在推断形状</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>Laying out the graph</source>
   <translation>正在为图布局</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>loading the exported file</source>
   <translation>正在加载导出的文件</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>loading the model</source>
   <translation>正在加载模型</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>looking at inputs</source>
   <translation>正在查看输入</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>looking for layers that lose the output</source>
   <translation>正在查找使输出失效的层</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>looking for what costs time</source>
   <translation>正在查找耗时原因</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>Looking for {name}</source>
   <translation>正在查找 {name}</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>measuring</source>
   <translation>正在测量</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>measuring cuts</source>
   <translation>正在测量剪除效果</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>measuring sensitivity</source>
   <translation>正在测量敏感度</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>measuring the device's ceilings</source>
   <translation>正在测量设备上限</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>measuring which layers gain</source>
   <translation>正在测量哪些层有收益</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>measuring which layers gain, look {number} of at most {count}</source>
   <translation>正在测量哪些层有收益，第 {number} 次，最多 {count} 次</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>offline</source>
   <translation>离线</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>opening both models</source>
   <translation>正在打开两个模型</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>opening {name}</source>
   <translation>正在打开 {name}</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>preparing</source>
   <translation>正在准备</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>quantizing {count} layers</source>
   <translation>正在量化 {count} 层</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>reading samples</source>
   <translation>正在读取样本</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>reading {name}</source>
   <translation>正在读取 {name}</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>running ONNX's checker</source>
   <translation>正在运行 ONNX 检查器</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>running the float model</source>
   <translation>正在运行浮点模型</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>server</source>
   <translation>服务器</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>single stream</source>
   <translation>单流</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>multi stream</source>
   <translation>多流</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>treating again what need not be kept</source>
   <translation>正在重新处理不必保留的层</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>warming up</source>
   <translation>正在预热</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>weighing cuts</source>
   <translation>正在权衡剪除方案</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>writing {name}</source>
   <translation>正在写入 {name}</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>batch {batch}, {threads} threads, {streams} streams</source>
   <translation>批大小 {batch}，{threads} 线程，{streams} 流</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>batch {batch}, {threads} threads, {streams} stream</source>
   <translation>批大小 {batch}，{threads} 线程，{streams} 流</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>batch {batch}, {threads} thread, {streams} streams</source>
   <translation>批大小 {batch}，{threads} 线程，{streams} 流</translation>
  </message>
  <message>
   <location filename="../../gui/steps.py" />
   <source>batch {batch}, {threads} thread, {streams} stream</source>
   <translation>批大小 {batch}，{threads} 线程，{streams} 流</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>without a time of its own, before and after</source>
   <translation>处理前后都没有自己的时间</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>measured while the machine was busy: it may be noise</source>
   <translation>测量时机器繁忙：可能是噪声</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/variants.py" />
   <source>not measured yet</source>
   <translation>尚未测量</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>{time} µs per run, of which {inserted} µs in what the runtime inserted for it</source>
   <translation>每次运行 {time} µs，其中 {inserted} µs 用于运行时为它插入的部分</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>timed</source>
   <translation>已计时</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>eliminated</source>
   <translation>已消除</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/difference.py" />
   <source>in {layer}</source>
   <translation>在 {layer} 中</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>{before} in the float model, {after} in the treated one</source>
   <translation>浮点模型中：{before}；处理后的模型中：{after}</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>{provider}, copies {time}</source>
   <translation>{provider}，拷贝 {time}</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>no kernel of its own</source>
   <translation>没有自己的内核</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>fell back: the device that was asked for does not run it</source>
   <translation>已回退：所要求的设备无法运行它</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>{time} µs of its time move data between devices</source>
   <translation>其中 {time} µs 用于在设备之间搬运数据</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>float</source>
   <translation>浮点</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>with {layer}</source>
   <translation>随 {layer}</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>untreated: Q quantizes, P prunes, K keeps in float</source>
   <translation>未处理：Q 量化，P 剪枝，K 保持浮点</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>loses channels with {layer}, to which it is coupled</source>
   <translation>与 {layer} 耦合，随之失去通道</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>left as it is: {reason}</source>
   <translation>保持原样：{reason}</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>{share} % of the time of all kernels</source>
   <translation>占全部内核时间的 {share} %</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>not compared yet (Shift+F6), or the treated model does not have this layer's value by itself</source>
   <translation>尚未比较（Shift+F6），或处理后的模型没有单独的这一层的值</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>behind {value}, which the treated model has in float</source>
   <translation>在 {value} 之后，处理后的模型中它为浮点</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>behind {value}, which the treated model has in integers</source>
   <translation>在 {value} 之后，处理后的模型中它为整数</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>Place in the order of the file</source>
   <translation>在文件顺序中的位置</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>layer {number} in the order of the file</source>
   <translation>按文件顺序的第 {number} 层</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/difference.py" />
   <location filename="../../gui/tables/sensitivity.py" />
   <source>Layer</source>
   <translation>层</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>Name of the node in the file, or its type and number</source>
   <translation>文件中的节点名，或其类型与编号</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/kernels.py" />
   <source>Op</source>
   <translation>算子</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>Operator type</source>
   <translation>算子类型</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>Median time per run, measured on the cleaned float model. A layer that runs inside another layer's kernel has none of its own</source>
   <translation>每次运行时间的中位数，在清理后的浮点模型上测得。在其他层的内核中运行的层没有自己的时间</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>Median time per run of the treated model, told in the layers of the file</source>
   <translation>处理后的模型每次运行时间的中位数，按文件中的层列出</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>from before the last edit</source>
   <translation>来自上次编辑之前</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/difference.py" />
   <source>Delta</source>
   <translation>差值</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/difference.py" />
   <source>After minus before: negative is faster</source>
   <translation>之后减去之前：负值表示更快</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/kernels.py" />
   <location filename="../../gui/tables/scope_model.py" />
   <source>Share</source>
   <translation>占比</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/kernels.py" />
   <location filename="../../gui/tables/scope_model.py" />
   <source>Part of the time of all kernels</source>
   <translation>占全部内核时间的比例</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>What the recipe does to the layer, itself or by a cut that it is coupled to</source>
   <translation>配方对该层的处理：直接处理，或因与被裁剪的层耦合而受影响</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>How many channels the layer makes; grey where none can be cut. Beside a selected layer, what the layers that are coupled to it are to its channels</source>
   <translation>该层输出的通道数；灰色表示无法裁剪。选中某层时，显示与它耦合的各层同其通道的关系</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>no channels that could be cut</source>
   <translation>没有可裁剪的通道</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/sensitivity.py" />
   <location filename="../../gui/tables/variants.py" />
   <source>SQNR</source>
   <translation>SQNR</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>Power of what the layer gives in float over the power of its error as treated: higher is closer. It holds what the layers before did as well</source>
   <translation>该层浮点输出的功率与处理后误差的功率之比：越高越接近。其中也包含前面各层的影响</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>Between what the layer gives in float and as treated: 1 is the same direction</source>
   <translation>该层浮点输出与处理后输出之间的余弦相似度：1 表示方向相同</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>Largest absolute difference of any element behind the layer</source>
   <translation>该层输出各元素的最大绝对差</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/difference.py" />
   <source>State</source>
   <translation>状态</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>timed: leads a kernel; in X: runs inside X's kernel; folded: computed when the model is loaded; eliminated: optimized away; not run: no run reached it</source>
   <translation>已计时：主导一个内核；在 X 中：在 X 的内核里运行；已折叠：加载模型时已算好；已消除：被优化掉；未运行：没有任何一次运行到达它</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>The execution provider or device that ran it; an arrow back: not the one that was asked for; two sheets: data was copied between devices</source>
   <translation>运行它的执行提供程序或设备；回转箭头：不是所要求的那个；两张纸：数据在设备之间拷贝过</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/kernels.py" />
   <source>In which it computed, where the runtime says it</source>
   <translation>计算所用的精度（若运行时给出）</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/kernels.py" />
   <source>the runtime does not say</source>
   <translation>运行时未给出</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <location filename="../../gui/tables/scope_model.py" />
   <source>Params</source>
   <translation>参数</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>Weights, biases and normalisation values</source>
   <translation>权重、偏置和归一化参数</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>{count} parameters</source>
   <translation>{count} 个参数</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>Multiply-accumulates per run</source>
   <translation>每次运行的乘加次数</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>{count} multiply-accumulates</source>
   <translation>{count} 次乘加</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>Bytes of the layer's weights and of its output</source>
   <translation>该层权重与输出的字节数</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>Input</source>
   <translation>输入</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>Shapes of the inputs that are no constants</source>
   <translation>非常量输入的形状</translation>
  </message>
  <message>
   <location filename="../../gui/tables/columns.py" />
   <source>Shape of the first output</source>
   <translation>第一个输出的形状</translation>
  </message>
  <message>
   <location filename="../../gui/tables/difference.py" />
   <source>{count} layers below the threshold</source>
   <translation>{count} 层低于阈值</translation>
  </message>
  <message>
   <location filename="../../gui/tables/difference.py" />
   <source>Layers that changed by less than the threshold, together.</source>
   <translation>变化小于阈值的各层合计。</translation>
  </message>
  <message>
   <location filename="../../gui/tables/difference.py" />
   <location filename="../../gui/tables/kernels.py" />
   <source>unattributed</source>
   <translation>未归属</translation>
  </message>
  <message>
   <location filename="../../gui/tables/difference.py" />
   <source>Kernels whose layers are not known.</source>
   <translation>不知道属于哪些层的内核。</translation>
  </message>
  <message>
   <location filename="../../gui/tables/difference.py" />
   <source>all kernels</source>
   <translation>全部内核</translation>
  </message>
  <message>
   <location filename="../../gui/tables/difference.py" />
   <source>The sum of all rows: what the kernels take together, with the profiler on.</source>
   <translation>所有行之和：开启分析器时全部内核的总时间。</translation>
  </message>
  <message>
   <location filename="../../gui/tables/difference.py" />
   <source>only before</source>
   <translation>仅在前</translation>
  </message>
  <message>
   <location filename="../../gui/tables/difference.py" />
   <source>only after</source>
   <translation>仅在后</translation>
  </message>
  <message>
   <location filename="../../gui/tables/difference.py" />
   <location filename="../../gui/tables/sensitivity.py" />
   <source>Layer of the file</source>
   <translation>文件中的层</translation>
  </message>
  <message>
   <location filename="../../gui/tables/difference.py" />
   <source>Median time per run in the first profile</source>
   <translation>第一次性能分析中每次运行时间的中位数</translation>
  </message>
  <message>
   <location filename="../../gui/tables/difference.py" />
   <source>Median time per run in the second profile</source>
   <translation>第二次性能分析中每次运行时间的中位数</translation>
  </message>
  <message>
   <location filename="../../gui/tables/difference.py" />
   <source>Delta over before</source>
   <translation>差值与之前之比</translation>
  </message>
  <message>
   <location filename="../../gui/tables/difference.py" />
   <source>delta over before</source>
   <translation>差值与之前之比</translation>
  </message>
  <message>
   <location filename="../../gui/tables/difference.py" />
   <source>How the layer ended before and after: only one of both where it exists on one side only</source>
   <translation>该层在前后两次中的状态；只存在于一侧时仅显示一侧</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>{count} kernel</source>
   <translation>{count} 个内核</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>Kernels whose layers are not known:</source>
   <translation>不知道属于哪些层的内核：</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>between kernels</source>
   <translation>内核之间</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>Time of a profiled run that is in no kernel: the runtime going from one kernel to the next, and what the profiler itself takes.</source>
   <translation>带分析器的运行中不在任何内核里的时间：运行时从一个内核转到下一个内核，以及分析器自身的开销。</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>rounding</source>
   <translation>舍入</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>The median of the sum of all kernels, less the sum of the medians of each: not all kernels are slow in the same run.</source>
   <translation>全部内核之和的中位数，减去各内核中位数之和：并非所有内核都在同一次运行中变慢。</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>profiled run</source>
   <translation>带分析器的运行</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>The wall time of a run with the runtime's profiler on: the sum of all rows above. Without the profiler a run takes {time}.</source>
   <translation>开启运行时分析器时一次运行的实际时间：即以上所有行之和。不开分析器时一次运行需 {time}。</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>none of the file</source>
   <translation>不属于文件</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>fallback</source>
   <translation>回退</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>Place in the order in which the kernels ran</source>
   <translation>在内核运行顺序中的位置</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>kernel {number}</source>
   <translation>内核 {number}</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>Kernel</source>
   <translation>内核</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>Name of the kernel, as the runtime has it</source>
   <translation>运行时给出的内核名称</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>What the runtime calls the kernel's operator</source>
   <translation>运行时给出的内核算子名</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>Kind</source>
   <translation>类别</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>inserted: the runtime added it; fallback: it ran on another provider than the one asked for; copy: it moves data between devices</source>
   <translation>插入：由运行时添加；回退：在所要求之外的提供程序上运行；拷贝：在设备之间搬运数据</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>Median time in one run of the model, profiler on</source>
   <translation>模型单次运行中的时间中位数（开启分析器）</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>Nine of ten runs are not slower than this</source>
   <translation>十次运行中有九次不慢于此值</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>Lead</source>
   <translation>主导层</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>The layer with most multiply-accumulates among those whose work it does: it carries the time in the table of layers</source>
   <translation>该内核所执行的各层中乘加次数最多的一层：在层表中由它承担时间</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>Layers of the file whose work it does</source>
   <translation>该内核所执行的文件中的层</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>The execution provider or device that ran it</source>
   <translation>运行它的执行提供程序或设备</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>Implementation</source>
   <translation>实现</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>The runtime's own name of the kernel that ran</source>
   <translation>所运行的内核在运行时内部的名称</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>The runtime added this kernel: the file has no such layer. Its time counts for the layers that need it.</source>
   <translation>该内核由运行时添加：文件中没有这样的层。其时间计入需要它的层。</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>Ran on {provider}, not on the device that was asked for.</source>
   <translation>在 {provider} 上运行，而不是所要求的设备。</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>Moves data between devices.</source>
   <translation>在设备之间搬运数据。</translation>
  </message>
  <message>
   <location filename="../../gui/tables/kernels.py" />
   <source>does the work of layers of the file</source>
   <translation>执行文件中各层的计算</translation>
  </message>
  <message>
   <location filename="../../gui/tables/scope_model.py" />
   <source>Scope</source>
   <translation>作用域</translation>
  </message>
  <message>
   <location filename="../../gui/tables/scope_model.py" />
   <source>Module scopes of the exporter, with the layers in them</source>
   <translation>导出器给出的模块作用域及其中的层</translation>
  </message>
  <message>
   <location filename="../../gui/tables/scope_model.py" />
   <source>Sum of the medians of the layers inside</source>
   <translation>其中各层中位数之和</translation>
  </message>
  <message>
   <location filename="../../gui/tables/scope_model.py" />
   <source>Sum of parameters</source>
   <translation>参数总数</translation>
  </message>
  <message>
   <location filename="../../gui/tables/scope_model.py" />
   <source>Sum of multiply-accumulates; ? where a layer's cost is not known</source>
   <translation>乘加次数之和；? 表示有的层计算量未知</translation>
  </message>
  <message>
   <location filename="../../gui/tables/scope_model.py" />
   <source>What the recipe does</source>
   <translation>配方所做的处理</translation>
  </message>
  <message>
   <location filename="../../gui/tables/scope_model.py" />
   <source>{name}: {count} layers</source>
   <translation>{name}：{count} 层</translation>
  </message>
  <message>
   <location filename="../../gui/tables/scope_model.py" />
   <source>{count} of {all}</source>
   <translation>{count}/{all}</translation>
  </message>
  <message>
   <location filename="../../gui/tables/scope_tree.py" />
   <source>Module scopes</source>
   <translation>模块作用域</translation>
  </message>
  <message>
   <location filename="../../gui/tables/sensitivity.py" />
   <source>not known: profile (F5) with this layer treated</source>
   <translation>未知：请在处理该层后进行性能分析（F5）</translation>
  </message>
  <message>
   <location filename="../../gui/tables/sensitivity.py" />
   <source>the samples have no labels</source>
   <translation>样本没有标签</translation>
  </message>
  <message>
   <location filename="../../gui/tables/sensitivity.py" />
   <source>percentage points</source>
   <translation>百分点</translation>
  </message>
  <message>
   <location filename="../../gui/tables/sensitivity.py" />
   <source>Of the output that suffers most, against the float model's: higher is closer</source>
   <translation>受影响最大的输出相对于浮点模型的 SQNR：越高越接近</translation>
  </message>
  <message>
   <location filename="../../gui/tables/sensitivity.py" />
   <source>Loss of top-1 accuracy in percentage points on these samples</source>
   <translation>在这些样本上 top-1 准确率下降的百分点</translation>
  </message>
  <message>
   <location filename="../../gui/tables/sensitivity.py" />
   <source>Agree</source>
   <translation>一致率</translation>
  </message>
  <message>
   <location filename="../../gui/tables/sensitivity.py" />
   <source>Samples to which both models give the same class</source>
   <translation>两个模型给出相同类别的样本比例</translation>
  </message>
  <message>
   <location filename="../../gui/tables/sensitivity.py" />
   <source>same class as the float model</source>
   <translation>与浮点模型类别相同</translation>
  </message>
  <message>
   <location filename="../../gui/tables/sensitivity.py" />
   <source>What treating the layer saves of one run, from the latest profile in which it is treated</source>
   <translation>处理该层使单次运行节省的时间，取自最近一次包含该处理的性能分析</translation>
  </message>
  <message>
   <location filename="../../gui/tables/sensitivity.py" />
   <source>What was tried</source>
   <translation>所尝试的处理</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>not measured yet: Variants, Measure variants (Shift+F5)</source>
   <translation>尚未测量：“方案”面板，“测量方案”（Shift+F5）</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>{time} ms, median, while the machine was busy</source>
   <translation>{time} ms，中位数，测量时机器繁忙</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>{time} ms, median</source>
   <translation>{time} ms，中位数</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>takes {ratio} of the float model's time, interval {low} to {high}, in alternating blocks</source>
   <translation>耗时为浮点模型的 {ratio}，区间 {low} 到 {high}，交替分块测量</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>takes {ratio} of the float model's time, by two separate measurements: F7 runs both in turns, which tells a gain from noise</source>
   <translation>耗时为浮点模型的 {ratio}，来自两次独立测量：按 F7 交替运行两者，可区分加速与噪声</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>unknown: verify (F6) on samples with labels</source>
   <translation>未知：请在有标签的样本上验证（F6）</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>{share} % right of {count} samples</source>
   <translation>{count} 个样本中 {share} % 正确</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>{share} % right of {count} samples; the same class as the file for {same} %</source>
   <translation>{count} 个样本中 {share} % 正确；{same} % 的样本与原文件类别相同</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>not built yet</source>
   <translation>尚未生成</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>{count} percentage points</source>
   <translation>{count} 个百分点</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>Variant</source>
   <translation>方案</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>The name; F2 or a double click changes it</source>
   <translation>名称；按 F2 或双击可修改</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>Of the file that an export would write</source>
   <translation>导出将写出的文件大小</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>Median of the profile with the settings in the toolbar; with ? where the machine was busy. Gain is measured apart from it, in turns</source>
   <translation>按工具栏设置做性能分析所得的中位数；机器繁忙时带 ?。加速比另外测量，两者轮流运行</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>Gain</source>
   <translation>加速</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>How many times as fast as the cleaned float model; with ? where that is too close to tell, or both were not measured in turns</source>
   <translation>是清理后浮点模型的多少倍速度；带 ? 表示差别太小、无法判断，或两者未轮流测量</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>Share of right answers on the evaluation samples</source>
   <translation>评估样本上回答正确的比例</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>Percentage points of accuracy lost against the file</source>
   <translation>相对于原文件损失的准确率百分点</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>Power of the outputs over the power of their error, of the worst output: higher is closer</source>
   <translation>输出功率与其误差功率之比，取最差的输出：越高越接近</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>Weights that are left</source>
   <translation>剩余的权重</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>Multiply-accumulates of a run</source>
   <translation>一次运行的乘加次数</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>What is done to which layers</source>
   <translation>对哪些层做了什么处理</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>the current variant</source>
   <translation>当前方案</translation>
  </message>
  <message>
   <location filename="../../gui/tables/variants.py" />
   <source>on the front: no other is as good in latency, size and accuracy and better in one of them</source>
   <translation>位于前沿：没有其他方案在延迟、大小和准确率上都不差且有一项更好</translation>
  </message>
  <message>
   <location filename="../../gui/time_left.py" />
   <source>a few seconds left</source>
   <translation>还剩几秒</translation>
  </message>
  <message>
   <location filename="../../gui/time_left.py" />
   <source>about {seconds} s left</source>
   <translation>约剩 {seconds} 秒</translation>
  </message>
  <message>
   <location filename="../../gui/time_left.py" />
   <source>about {minutes} min left</source>
   <translation>约剩 {minutes} 分钟</translation>
  </message>
  <message>
   <location filename="../../gui/time_left.py" />
   <source>{seconds} s so far</source>
   <translation>已用 {seconds} 秒</translation>
  </message>
  <message>
   <location filename="../../gui/tour.py" />
   <source>Measure first</source>
   <translation>先测量</translation>
  </message>
  <message>
   <location filename="../../gui/tour.py" />
   <source>Profile (F5) runs the model on the device at the left and shows what each layer takes. Everything else is decided by these figures.</source>
   <translation>性能分析（F5）在左侧所选设备上运行模型，显示各层用时。其余一切都以这些数据为准。</translation>
  </message>
  <message>
   <location filename="../../gui/tour.py" />
   <source>All layers</source>
   <translation>所有层</translation>
  </message>
  <message>
   <location filename="../../gui/tour.py" />
   <source>With parameters, arithmetic and time. Choose one or several; a click in a head sorts. What is chosen here is chosen everywhere.</source>
   <translation>列出参数、运算量和时间。可选一层或多层；单击表头可排序。在这里选中的，处处都选中。</translation>
  </message>
  <message>
   <location filename="../../gui/tour.py" />
   <source>The graph</source>
   <translation>图</translation>
  </message>
  <message>
   <location filename="../../gui/tour.py" />
   <source>The wheel zooms, a drag moves, Enter opens a group. The box above says what the colours are.</source>
   <translation>滚轮缩放，拖动平移，按 Enter 展开组。上方的下拉框决定颜色的含义。</translation>
  </message>
  <message>
   <location filename="../../gui/tour.py" />
   <source>The inspector says what a layer is, and what quantizing or pruning it would do. Q and P do it; Ctrl+Z takes it back.</source>
   <translation>检查器说明一层是什么，以及量化或剪枝会带来什么。按 Q 或 P 执行，按 Ctrl+Z 撤销。</translation>
  </message>
  <message>
   <location filename="../../gui/tour.py" />
   <source>What it brought</source>
   <translation>效果如何</translation>
  </message>
  <message>
   <location filename="../../gui/tour.py" />
   <source>Latency before and after, why something is slow, what a treatment costs in accuracy, variants side by side.</source>
   <translation>处理前后的延迟、变慢的原因、处理对准确率的代价，以及各方案的对照。</translation>
  </message>
  <message>
   <location filename="../../gui/tour.py" />
   <source>Check and export</source>
   <translation>检查并导出</translation>
  </message>
  <message>
   <location filename="../../gui/tour.py" />
   <source>Verify (F6) compares with the original on data; Export writes an ONNX file that was checked. Ctrl+K finds every command.</source>
   <translation>验证（F6）在数据上与原模型比较；导出会写出经过检查的 ONNX 文件。按 Ctrl+K 可查找所有命令。</translation>
  </message>
  <message>
   <location filename="../../gui/tour.py" />
   <source>Skip</source>
   <translation>跳过</translation>
  </message>
  <message>
   <location filename="../../gui/tour.py" />
   <source>Back</source>
   <translation>上一步</translation>
  </message>
  <message>
   <location filename="../../gui/treatment.py" />
   <source>{done} below {amount}</source>
   <translation>{done}，小于 {amount}</translation>
  </message>
  <message>
   <location filename="../../gui/treatment.py" />
   <source>{done} to {amount} channels</source>
   <translation>{done}至 {amount} 个通道</translation>
  </message>
  <message>
   <location filename="../../gui/treatment.py" />
   <source>{done} {amount}</source>
   <translation>{done} {amount}</translation>
  </message>
  <message>
   <location filename="../../gui/treatment.py" />
   <source>{done} keeping {amount}</source>
   <translation>{done}，保留 {amount}</translation>
  </message>
  <message>
   <location filename="../../gui/treatment.py" />
   <source>pruned</source>
   <translation>剪枝</translation>
  </message>
  <message>
   <location filename="../../gui/treatment.py" />
   <source>kept float</source>
   <translation>保持浮点</translation>
  </message>
  <message>
   <location filename="../../gui/treatment.py" />
   <source>pruned by {method}</source>
   <translation>按 {method} 剪枝</translation>
  </message>
  <message>
   <location filename="../../gui/treatment.py" />
   <source>{count} layer {treatment}</source>
   <translation>{count} 层 {treatment}</translation>
  </message>
  <message>
   <location filename="../../gui/treatment.py" />
   <source>{count} layers {treatment}</source>
   <translation>{count} 层 {treatment}</translation>
  </message>
  <message>
   <location filename="../../gui/workshop.py" />
   <source>Reading layers</source>
   <translation>读取层</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_coreml.py" />
   <source>Compute units</source>
   <translation>计算单元</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_coreml.py" />
   <source>where Core ML may run</source>
   <translation>Core ML 可以在哪里运行</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_coreml.py" />
   <source>Model format</source>
   <translation>模型格式</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_coreml.py" />
   <source>mlprogram needs macOS 12; neuralnetwork computes in float16 throughout</source>
   <translation>mlprogram 需要 macOS 12；neuralnetwork 全程以 float16 计算</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_coreml.py" />
   <source>Static shapes only</source>
   <translation>仅限静态形状</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_coreml.py" />
   <source>take only nodes whose shapes are fixed: dynamic ones can be slow</source>
   <translation>只接受形状固定的节点：动态形状可能很慢</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_coreml.py" />
   <source>float16 sums</source>
   <translation>float16 求和</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_coreml.py" />
   <source>on the GPU, add up in float16: faster, less exact</source>
   <translation>在 GPU 上以 float16 累加：更快，但精度较低</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_coreml.py" />
   <location filename="../../engine/backends/onnxruntime_cuda.py" />
   <location filename="../../engine/backends/onnxruntime_directml.py" />
   <location filename="../../engine/backends/onnxruntime_tensorrt.py" />
   <source>Processor takes the rest</source>
   <translation>其余由处理器运行</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_coreml.py" />
   <source>nodes that Core ML does not take run on the processor; off: an error</source>
   <translation>Core ML 不支持的节点在处理器上运行；关闭：报错</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_coreml.py" />
   <source>ONNX Runtime · Core ML</source>
   <translation>ONNX Runtime · Core ML</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cpu.py" />
   <location filename="../../engine/backends/onnxruntime_cuda.py" />
   <location filename="../../engine/backends/onnxruntime_directml.py" />
   <source>Graph optimization</source>
   <translation>图优化</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cpu.py" />
   <location filename="../../engine/backends/onnxruntime_cuda.py" />
   <location filename="../../engine/backends/onnxruntime_directml.py" />
   <source>what ONNX Runtime may fuse and rearrange</source>
   <translation>允许 ONNX Runtime 融合和重排的程度</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cpu.py" />
   <source>Spinning threads</source>
   <translation>自旋线程</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cpu.py" />
   <source>idle threads wait actively: faster alone, slower beside other programs</source>
   <translation>空闲线程主动等待：独占时更快，与其他程序共存时更慢</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cpu.py" />
   <source>Memory arena</source>
   <translation>内存池</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cpu.py" />
   <source>keep memory between runs: faster, with a larger footprint</source>
   <translation>在多次运行之间保留内存：更快，但占用更多</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cpu.py" />
   <source>Custom operators</source>
   <translation>自定义算子</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cpu.py" />
   <source>libraries of operators that ONNX Runtime does not know, with commas between; onnxruntime-extensions for that package's. They are native code and run as you</source>
   <translation>ONNX Runtime 不认识的算子所在的库，用逗号分隔；填 onnxruntime-extensions 表示该软件包的算子。它们是本机代码，以您的权限运行</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cpu.py" />
   <source>ONNX Runtime · CPU</source>
   <translation>ONNX Runtime · CPU</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cuda.py" />
   <source>Convolution search</source>
   <translation>卷积算法搜索</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cuda.py" />
   <source>how cuDNN's algorithm is chosen, in the first run of a shape</source>
   <translation>某个形状首次运行时如何选择 cuDNN 算法</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cuda.py" />
   <source>TF32</source>
   <translation>TF32</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cuda.py" />
   <source>float32 products with 10 bits of mantissa on tensor cores: faster, less exact</source>
   <translation>在张量核心上以 10 位尾数计算 float32 乘积：更快，但精度较低</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cuda.py" />
   <source>Channels last</source>
   <translation>通道在后</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cuda.py" />
   <source>convolutions in NHWC, which tensor cores prefer</source>
   <translation>卷积采用 NHWC，张量核心更适合</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cuda.py" />
   <source>Memory limit (MB)</source>
   <translation>内存上限 (MB)</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cuda.py" />
   <source>of the memory arena on the GPU</source>
   <translation>GPU 上内存池的上限</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cuda.py" />
   <source>nodes without a CUDA kernel run on the processor; off: an error</source>
   <translation>没有 CUDA 内核的节点在处理器上运行；关闭：报错</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cuda.py" />
   <location filename="../../engine/backends/onnxruntime_tensorrt.py" />
   <source>Wait for each kernel</source>
   <translation>等待每个内核</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cuda.py" />
   <location filename="../../engine/backends/onnxruntime_tensorrt.py" />
   <source>in the profiled session, for real kernel times; auto: where the build records no device events</source>
   <translation>在性能分析的会话中，以得到真实的内核时间；auto：当所用构建不记录设备事件时</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_cuda.py" />
   <source>ONNX Runtime · CUDA</source>
   <translation>ONNX Runtime · CUDA</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_directml.py" />
   <source>Graph fusion</source>
   <translation>图融合</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_directml.py" />
   <source>run all nodes as one command list: faster, without times for single layers</source>
   <translation>把所有节点作为一个命令列表运行：更快，但没有单层的时间</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_directml.py" />
   <source>Metacommands</source>
   <translation>元命令</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_directml.py" />
   <source>the GPU vendor's own kernels where there are any</source>
   <translation>有 GPU 厂商自己的内核时采用</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_directml.py" />
   <location filename="../../engine/backends/onnxruntime_tensorrt.py" />
   <source>nodes without a GPU kernel run on the processor; off: an error</source>
   <translation>没有 GPU 内核的节点在处理器上运行；关闭：报错</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_directml.py" />
   <source>ONNX Runtime · DirectML</source>
   <translation>ONNX Runtime · DirectML</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_tensorrt.py" />
   <source>what TensorRT may compute in beside float32; int8 applies to layers with Q/DQ around them</source>
   <translation>除 float32 外 TensorRT 可用的计算精度；int8 用于前后带有 Q/DQ 的层</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_tensorrt.py" />
   <source>Engine cache</source>
   <translation>引擎缓存</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_tensorrt.py" />
   <source>keep built engines in the user's cache folder</source>
   <translation>把构建好的引擎保存在用户的缓存文件夹</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_tensorrt.py" />
   <source>Workspace (MB)</source>
   <translation>工作区 (MB)</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_tensorrt.py" />
   <source>memory that an engine's layers may use at most</source>
   <translation>引擎各层最多可用的内存</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_tensorrt.py" />
   <source>Builder optimization level</source>
   <translation>构建优化级别</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_tensorrt.py" />
   <source>higher: longer builds, faster engines</source>
   <translation>越高：构建越久，引擎越快</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_tensorrt.py" />
   <source>Smallest part</source>
   <translation>最小子图</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_tensorrt.py" />
   <source>nodes that a part must have to become an engine</source>
   <translation>子图至少要有这么多节点才会成为引擎</translation>
  </message>
  <message>
   <location filename="../../engine/backends/onnxruntime_tensorrt.py" />
   <source>ONNX Runtime · TensorRT</source>
   <translation>ONNX Runtime · TensorRT</translation>
  </message>
  <message>
   <location filename="../../engine/backends/openvino.py" />
   <source>Inference precision</source>
   <translation>推理精度</translation>
  </message>
  <message>
   <location filename="../../engine/backends/openvino.py" />
   <source>auto: what OpenVINO chooses, which is bfloat16 or float16 where the device is faster in it</source>
   <translation>auto：由 OpenVINO 选择，在设备更快时为 bfloat16 或 float16</translation>
  </message>
  <message>
   <location filename="../../engine/backends/openvino.py" />
   <source>Performance hint</source>
   <translation>性能提示</translation>
  </message>
  <message>
   <location filename="../../engine/backends/openvino.py" />
   <source>what OpenVINO tunes threads and streams for</source>
   <translation>OpenVINO 调整线程和流的目标</translation>
  </message>
  <message>
   <location filename="../../engine/backends/openvino.py" />
   <source>Execution mode</source>
   <translation>执行模式</translation>
  </message>
  <message>
   <location filename="../../engine/backends/openvino.py" />
   <source>accuracy: no lower precision than the model's own</source>
   <translation>accuracy：精度不低于模型自身</translation>
  </message>
  <message>
   <location filename="../../engine/backends/openvino.py" />
   <source>runs that can go on at a time; 0: what the performance hint asks for</source>
   <translation>可同时进行的运行数；0：按性能提示的要求</translation>
  </message>
  <message>
   <location filename="../../engine/backends/openvino.py" />
   <source>CPU pinning</source>
   <translation>CPU 绑核</translation>
  </message>
  <message>
   <location filename="../../engine/backends/openvino.py" />
   <source>whether each thread stays on one core</source>
   <translation>是否让每个线程固定在一个核心上</translation>
  </message>
  <message>
   <location filename="../../engine/backends/openvino.py" />
   <source>Hyper-threading</source>
   <translation>超线程</translation>
  </message>
  <message>
   <location filename="../../engine/backends/openvino.py" />
   <source>whether two threads may share a core</source>
   <translation>是否允许两个线程共用一个核心</translation>
  </message>
  <message>
   <location filename="../../engine/backends/openvino.py" />
   <source>Fixed shapes</source>
   <translation>固定形状</translation>
  </message>
  <message>
   <location filename="../../engine/backends/openvino.py" />
   <source>compile for the shapes that are fed; off: keep dynamic dimensions</source>
   <translation>按输入的形状编译；关闭：保留动态维度</translation>
  </message>
  <message>
   <location filename="../../engine/backends/openvino.py" />
   <source>OpenVINO</source>
   <translation>OpenVINO</translation>
  </message>
  <message>
   <location filename="../../engine/backends/torch_cpu.py" />
   <source>PyTorch · CPU</source>
   <translation>PyTorch · CPU</translation>
  </message>
  <message>
   <location filename="../../engine/backends/torch_cuda.py" />
   <source>PyTorch · CUDA</source>
   <translation>PyTorch · CUDA</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>Bad samples</source>
   <translation>不良样本</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>unreadable files, wrong shapes, NaN and infinite values, missing labels: leave them out and say so, or refuse the whole set</source>
   <translation>无法读取的文件、错误的形状、NaN 与无穷值、缺失的标签：剔除并说明，或拒绝整个数据集</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>Calibration samples in the evaluation</source>
   <translation>评估集中的校准样本</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>the same content in both parts: warn, leave them out of the calibration, or refuse the set</source>
   <translation>两部分内容相同时：警告、从校准中剔除，或拒绝该数据集</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>Check of image files</source>
   <translation>图像文件检查</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>structure: headers, checksums and ends of files; decode: decode every file once before it is used; auto: decode where that takes no second</source>
   <translation>structure：检查文件头、校验和与文件尾；decode：使用前把每个文件解码一次；auto：不到一秒时才解码</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>Infinite values are meant</source>
   <translation>无穷值是有意的</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>keep samples with infinite values, as masks for attention have</source>
   <translation>保留含无穷值的样本，例如注意力掩码</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>Labels</source>
   <translation>标签</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>folders: one sub-folder for each class; NAME.csv: a table with the columns file and label; the name of an array; no: the data has none</source>
   <translation>folders：每个类别一个子文件夹；NAME.csv：含 file 和 label 两列的表；或数组的名称；no：数据没有标签</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>Colours</source>
   <translation>颜色</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>the order of the channels</source>
   <translation>通道的顺序</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>Layout</source>
   <translation>布局</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>the order of the input's axes</source>
   <translation>输入各轴的顺序</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>Resize to</source>
   <translation>缩放到</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>height and width in pixels: 224x224</source>
   <translation>高和宽的像素数：224x224</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>Resize the short side to</source>
   <translation>短边缩放到</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>pixels; the other side in proportion</source>
   <translation>像素；另一边按比例缩放</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>Crop the centre</source>
   <translation>中心裁剪</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>Interpolation</source>
   <translation>插值</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>of resizing; bilinear where nothing is said</source>
   <translation>缩放时的插值；未指定时为 bilinear</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>Mean and std are for pixels</source>
   <translation>均值和标准差所对应的像素范围</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>the range of pixels for which mean and std are meant</source>
   <translation>均值和标准差所针对的像素取值范围</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>Mean</source>
   <translation>均值</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>one number, or one for each channel: 123.7,116.3,103.5</source>
   <translation>一个数字，或每通道一个：123.7,116.3,103.5</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>Std</source>
   <translation>标准差</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>one number, or one for each channel: 58.4,57.1,57.4</source>
   <translation>一个数字，或每通道一个：58.4,57.1,57.4</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>Turn as the camera was held</source>
   <translation>按拍摄方向旋转</translation>
  </message>
  <message>
   <location filename="../../engine/data/options.py" />
   <source>follow the orientation that EXIF says; yes without it</source>
   <translation>按 EXIF 记录的方向；未设置时为是</translation>
  </message>
  <message>
   <location filename="../../engine/formats/onnx.py" />
   <source>ONNX (.onnx)</source>
   <translation>ONNX (.onnx)</translation>
  </message>
  <message>
   <location filename="../../engine/formats/onnx_text.py" />
   <source>ONNX as text (.onnxtxt, .textproto, .json)</source>
   <translation>ONNX 文本 (.onnxtxt, .textproto, .json)</translation>
  </message>
  <message>
   <location filename="../../engine/formats/ort.py" />
   <source>ONNX Runtime (.ort)</source>
   <translation>ONNX Runtime (.ort)</translation>
  </message>
  <message>
   <location filename="../../engine/formats/safetensors.py" />
   <source>safetensors (weights alone: says what is missing)</source>
   <translation>safetensors（仅有权重：会说明缺少什么）</translation>
  </message>
  <message>
   <location filename="../../engine/formats/torch_export.py" />
   <source>PyTorch exported program (.pt2)</source>
   <translation>PyTorch 导出程序 (.pt2)</translation>
  </message>
  <message>
   <location filename="../../engine/formats/torch_pickle.py" />
   <source>PyTorch module (.pt, .pth; asks before it runs code)</source>
   <translation>PyTorch 模块（.pt、.pth；运行代码前会询问）</translation>
  </message>
  <message>
   <location filename="../../engine/formats/torch_python.py" />
   <source>Python file that builds a PyTorch module (.py; asks before it runs it)</source>
   <translation>构建 PyTorch 模块的 Python 文件（.py；运行前会询问）</translation>
  </message>
  <message>
   <location filename="../../engine/formats/torch_script.py" />
   <source>TorchScript (.pt, .jit)</source>
   <translation>TorchScript (.pt, .jit)</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/activation_channels.py" />
   <source>Channels by activation</source>
   <translation>按激活选通道</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/activation_channels.py" />
   <source>Takes out the channels that are smallest on the calibration data.</source>
   <translation>去掉在校准数据上激活最小的通道。</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/bn_scale_channels.py" />
   <source>Channels by batch norm scale</source>
   <translation>按 BatchNorm 缩放选通道</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/bn_scale_channels.py" />
   <source>Takes out the channels that the BatchNormalization of the file as opened scales least.</source>
   <translation>去掉原文件中 BatchNormalization 缩放系数最小的通道。</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/l1_channels.py" />
   <source>Channels by L1 norm</source>
   <translation>按 L1 范数选通道</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/l1_channels.py" />
   <source>Takes out the channels with the smallest weights (sum of magnitudes), with everything coupled to them.</source>
   <translation>去掉权重最小（绝对值之和）的通道，以及与之耦合的一切。</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/l2_channels.py" />
   <source>Channels by L2 norm</source>
   <translation>按 L2 范数选通道</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/l2_channels.py" />
   <source>Takes out the channels with the smallest weights (root of the sum of squares), with everything coupled.</source>
   <translation>去掉权重最小（平方和的平方根）的通道，以及与之耦合的一切。</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/low_rank.py" />
   <source>Share of the layer's multiply-accumulates that goes</source>
   <translation>该层去掉的乘加次数占比</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/low_rank.py" />
   <source>Rank</source>
   <translation>秩</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/low_rank.py" />
   <source>Instead of a ratio: so many values between</source>
   <translation>代替比例：两层之间保留这么多个值</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/low_rank.py" />
   <source>Energy</source>
   <translation>能量</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/low_rank.py" />
   <source>Instead of a ratio: the smallest rank that keeps this share of the output's variance on the data (without data of the squared singular values), as in 0.95. A layer for which that saves nothing stays</source>
   <translation>代替比例：在数据上保留输出方差的这一份额（无数据时为奇异值平方的份额）所需的最小秩，例如 0.95。若不能节省，该层保持不变</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/low_rank.py" />
   <location filename="../../engine/pruning/options.py" />
   <source>Multiple of</source>
   <translation>取整倍数</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/low_rank.py" />
   <source>The rank is rounded to a multiple of this; auto takes what the target's kernels like. Other ranks can be slower than the whole layer</source>
   <translation>秩取整为该值的倍数；auto 取目标设备内核适合的倍数。其他秩可能比原来的整层还慢</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/low_rank.py" />
   <location filename="../../engine/pruning/options.py" />
   <source>Heal</source>
   <translation>修复</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/low_rank.py" />
   <source>Choose the factors on the calibration data, and solve the layers behind again; auto does so where there is data, no takes the singular values of the weights</source>
   <translation>在校准数据上选择分解因子，并重新求解后面的层；auto：有数据时才这样做；no：采用权重的奇异值</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/low_rank.py" />
   <source>Low rank (two thin layers)</source>
   <translation>低秩（两个薄层）</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/low_rank.py" />
   <source>Puts two thin layers in the place of one: fewer multiplications for a weight of less rank. Shapes around it stay.</source>
   <translation>用两个薄层代替一层：权重的秩降低，乘法减少。周围的形状不变。</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/magnitude_weights.py" />
   <source>Share of the weights that becomes zero, smallest first</source>
   <translation>置零的权重占比，从最小的开始</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/magnitude_weights.py" />
   <source>Instead of a ratio: weights smaller than this become zero</source>
   <translation>代替比例：小于该值的权重置零</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/magnitude_weights.py" />
   <source>Magnitude (single weights)</source>
   <translation>按幅值（单个权重）</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/magnitude_weights.py" />
   <source>Sets the smallest weights to zero. Shapes stay; kernels for dense weights do not get faster.</source>
   <translation>把最小的权重置零。形状不变；面向稠密权重的内核不会变快。</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/random_channels.py" />
   <source>Seed</source>
   <translation>随机种子</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/random_channels.py" />
   <source>Another seed takes out other channels</source>
   <translation>换一个种子会去掉不同的通道</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/random_channels.py" />
   <source>Channels by chance</source>
   <translation>随机选通道</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/random_channels.py" />
   <source>Takes out channels by chance: what every other method has to beat.</source>
   <translation>随机去掉通道：其他方法都应优于它。</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/reconstruction_channels.py" />
   <source>Channels by reconstruction</source>
   <translation>按重建选通道</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/reconstruction_channels.py" />
   <source>Takes out the channels that the next layers can best make up for on the calibration data.</source>
   <translation>去掉后续各层在校准数据上最容易弥补的通道。</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/two_of_four.py" />
   <source>Two of four are a half; there is no other ratio</source>
   <translation>四个中去掉两个即一半；没有其他比例</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/two_of_four.py" />
   <source>Two of four (single weights)</source>
   <translation>四选二（单个权重）</translation>
  </message>
  <message>
   <location filename="../../engine/pruners/two_of_four.py" />
   <source>Sets two of each four neighbouring weights to zero. Shapes stay; only NVIDIA's tensor cores get faster.</source>
   <translation>每四个相邻权重中置零两个。形状不变；只有 NVIDIA 的张量核心会变快。</translation>
  </message>
  <message>
   <location filename="../../engine/pruning/options.py" />
   <source>Share of the channels that goes; with spread=measured the share of the model's multiply-accumulates</source>
   <translation>去掉的通道占比；分布为 measured 时，为去掉的模型乘加次数占比</translation>
  </message>
  <message>
   <location filename="../../engine/pruning/options.py" />
   <source>Instead of a ratio: so many channels of each group stay</source>
   <translation>代替比例：每组保留这么多通道</translation>
  </message>
  <message>
   <location filename="../../engine/pruning/options.py" />
   <source>even: the ratio of every group. global: the ratio of all channels together, the least important ones of all groups first. measured: where a cut does the least harm for the time that it saves, both measured on data</source>
   <translation>even：每组都按该比例。global：按全部通道的比例，先去掉所有组中最不重要的通道。measured：在节省时间而损害最小的地方裁剪，两者都在数据上实测</translation>
  </message>
  <message>
   <location filename="../../engine/pruning/options.py" />
   <source>Channels that stay are rounded to a multiple of this; auto takes what the target's kernels like. Other counts can be slower than no cut at all</source>
   <translation>保留的通道数取整为该值的倍数；auto 取目标设备内核适合的倍数。其他数量可能比完全不裁剪还慢</translation>
  </message>
  <message>
   <location filename="../../engine/pruning/options.py" />
   <source>Solve the layers after a cut again, so that on the calibration data each gives what it gave before; auto does so where there is data</source>
   <translation>裁剪后重新求解后面的层，使每层在校准数据上给出与之前相同的结果；auto：有数据时才这样做</translation>
  </message>
  <message>
   <location filename="../../engine/pruning/options.py" />
   <source>Blocks together</source>
   <translation>整块求解</translation>
  </message>
  <message>
   <location filename="../../engine/pruning/options.py" />
   <source>After each layer by itself, solve the layers of each block together: more accurate, and takes most of the time of healing</source>
   <translation>逐层求解之后，再对每个块内的层一起求解：更精确，但占去修复的大部分时间</translation>
  </message>
  <message>
   <location filename="../../engine/pruning/options.py" />
   <source>Variants of images</source>
   <translation>图像变体数</translation>
  </message>
  <message>
   <location filename="../../engine/pruning/options.py" />
   <source>Blocks are solved on so many variants of each calibration image at most, mirrored and moved a little, where there are fewer images than one pass has time for</source>
   <translation>当图像少于一轮可处理的数量时，每张校准图像最多用这么多个变体（镜像并略微平移）来求解块</translation>
  </message>
  <message>
   <location filename="../../engine/pytorch/device.py" />
   <source>Compile</source>
   <translation>编译</translation>
  </message>
  <message>
   <location filename="../../engine/pytorch/device.py" />
   <source>torch.compile, as users of PyTorch 2 do: the first run compiles and takes long; kernels that it fuses belong to no layer of the graph</source>
   <translation>使用 torch.compile，如 PyTorch 2 用户所做：首次运行需要编译，耗时较长；它融合的内核不属于图中的任何层</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/bfloat16.py" />
   <location filename="../../engine/schemes/float16.py" />
   <source>Inputs and outputs in float32</source>
   <translation>输入输出保持 float32</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/bfloat16.py" />
   <source>Whoever calls the model need not know; no changes those inputs and outputs that only such layers use.</source>
   <translation>模型的调用方无需知情；选“否”则会改变只被这些层使用的输入和输出。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/bfloat16.py" />
   <source>half the bits at the range of float32, for the few targets that compute in it</source>
   <translation>位数减半而范围与 float32 相同，适用于少数以它计算的目标设备</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/float16.py" />
   <source>Whoever calls the model need not know; no changes those inputs and outputs that only float16 layers use.</source>
   <translation>模型的调用方无需知情；选“否”则会改变只被 float16 层使用的输入和输出。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/float16.py" />
   <source>Constants beyond the range</source>
   <translation>超出范围的常量</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/float16.py" />
   <source>refuse: such a layer stays in float32; saturate: the constant becomes the largest float16.</source>
   <translation>refuse：该层保持 float32；saturate：常量取 float16 的最大值。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/float16.py" />
   <source>half precision: half the file at hardly any error; faster on GPUs and NPUs, not on x86 processors</source>
   <translation>半精度：文件减半，几乎没有误差；在 GPU 和 NPU 上更快，在 x86 处理器上不会</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int4_weights.py" />
   <location filename="../../engine/schemes/int8_weights.py" />
   <source>Block size</source>
   <translation>块大小</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int4_weights.py" />
   <source>Weights that share a scale: smaller is more exact and takes more room.</source>
   <translation>共用一个缩放因子的权重个数：越小越精确，占用空间越大。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int4_weights.py" />
   <source>Symmetric</source>
   <translation>对称</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int4_weights.py" />
   <source>No zero points: the weights of a block range around zero.</source>
   <translation>不用零点：块内权重的范围以零为中心。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int4_weights.py" />
   <source>Search scales</source>
   <translation>搜索缩放因子</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int4_weights.py" />
   <source>Clip the largest weights of a block where that makes the squared error of all smaller.</source>
   <translation>若能减小整体平方误差，则截断块内最大的权重。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int4_weights.py" />
   <location filename="../../engine/schemes/int8_weights.py" />
   <source>Form</source>
   <translation>形式</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int4_weights.py" />
   <source>MatMulNBits and GatherBlockQuantized are ops of com.microsoft with fast kernels; DequantizeLinear with blocks is ONNX's own and needs opset 21; auto: what the target has.</source>
   <translation>MatMulNBits 和 GatherBlockQuantized 是 com.microsoft 的算子，有快速内核；按块的 DequantizeLinear 是 ONNX 自带的，需要 opset 21；auto：采用目标设备支持的形式。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int4_weights.py" />
   <source>Accuracy level</source>
   <translation>精度级别</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int4_weights.py" />
   <source>Of MatMulNBits: 4 quantizes activations to int8 on the way, 1 computes in float32; empty: what is fast.</source>
   <translation>用于 MatMulNBits：4 表示计算中把激活量化为 int8，1 表示以 float32 计算；留空：取快的一种。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int4_weights.py" />
   <source>4-bit weights in blocks, float activations: an eighth of the file without calibration data, for large matrix products and embeddings</source>
   <translation>权重按块量化为 4 位，激活保持浮点：无需校准数据，文件缩小到八分之一，适用于大矩阵乘法和嵌入</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_dynamic.py" />
   <location filename="../../engine/schemes/int8_static.py" />
   <location filename="../../engine/schemes/int8_weights.py" />
   <source>A scale per channel</source>
   <translation>每通道一个缩放因子</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_dynamic.py" />
   <location filename="../../engine/schemes/int8_static.py" />
   <source>One weight scale for each output channel instead of one for all.</source>
   <translation>每个输出通道各用一个权重缩放因子，而不是共用一个。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_dynamic.py" />
   <location filename="../../engine/schemes/int8_static.py" />
   <source>Activations</source>
   <translation>激活</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_dynamic.py" />
   <source>Element type of activations: uint8 by DynamicQuantizeLinear, int8 by five simple ops; auto takes what the target multiplies.</source>
   <translation>激活的元素类型：uint8 由 DynamicQuantizeLinear 实现，int8 由五个简单算子实现；auto 取目标设备能直接相乘的类型。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_dynamic.py" />
   <source>Ops</source>
   <translation>算子</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_dynamic.py" />
   <source>microsoft: one op of com.microsoft for each layer; onnx: DynamicQuantizeLinear and MatMulInteger, which more runtimes know and ONNX Runtime fuses to the same; auto: what the target has.</source>
   <translation>microsoft：每层一个 com.microsoft 算子；onnx：DynamicQuantizeLinear 和 MatMulInteger，支持的运行时更多，ONNX Runtime 会融合成同样的结果；auto：采用目标设备支持的算子。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_dynamic.py" />
   <source>8-bit weights, activations quantized while the model runs: no calibration data, nothing is clipped; for matrix products and LSTMs</source>
   <translation>8 位权重，激活在运行时量化：无需校准数据，不截断任何值；适用于矩阵乘法和 LSTM</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_static.py" />
   <source>Element type of activations; auto takes the one with the fast kernels. 16 bits are for NPUs: processors compute such layers in float.</source>
   <translation>激活的元素类型；auto 取有快速内核的类型。16 位用于 NPU：处理器会以浮点计算这些层。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_static.py" />
   <source>Symmetric activations</source>
   <translation>对称激活</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_static.py" />
   <source>yes puts the zero point in the middle of the codes, which some devices need; no uses all codes for the range that was seen; auto is what the device takes.</source>
   <translation>yes：零点位于编码中央，部分设备要求如此；no：所有编码都用于实际出现的范围；auto：按设备的要求。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_static.py" />
   <source>Share rounding</source>
   <translation>共享舍入</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_static.py" />
   <source>An addition between quantized layers reads the rounded values too, so that the runtime does it in integers. No keeps the path around the layers in float: slower, more exact.</source>
   <translation>量化层之间的加法也读取舍入后的值，使运行时能以整数计算。不勾选则绕过这些层的通路保持浮点：更慢，但更精确。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_static.py" />
   <source>Ranges</source>
   <translation>范围</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_static.py" />
   <source>How much of the calibration data is covered: minmax clips nothing, percentile cuts off the outermost, mse and entropy weigh what is clipped against the finer steps for the rest.</source>
   <translation>覆盖多少校准数据：minmax 不截断，percentile 去掉最外侧的值，mse 和 entropy 在截断的损失与其余值更细的步长之间权衡。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_static.py" />
   <source>Percentile</source>
   <translation>百分位</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_static.py" />
   <source>With ranges=percentile: how much is covered, in percent.</source>
   <translation>范围为 percentile 时：覆盖的百分比。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_static.py" />
   <source>Rounding of weights</source>
   <translation>权重舍入</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_static.py" />
   <source>learned chooses the codes of each layer's weights so that its output stays, on the calibration data; it takes some seconds.</source>
   <translation>learned：根据校准数据选择每层权重的编码，使其输出保持不变；需要几秒钟。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_static.py" />
   <source>Equalize channels</source>
   <translation>均衡通道</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_static.py" />
   <source>Channels whose ranges differ are evened out between two convolutions, which changes no result in float: in front of depthwise ones, and everywhere where a whole weight has one scale.</source>
   <translation>在两个卷积之间拉平范围不同的通道，浮点结果不变：用于深度卷积之前，以及整个权重只用一个缩放因子的地方。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_static.py" />
   <source>Correct biases</source>
   <translation>校正偏置</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_static.py" />
   <source>The bias takes over what rounding the weights does to the mean of the output.</source>
   <translation>由偏置抵消权重舍入对输出均值的影响。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_static.py" />
   <source>8-bit weights and activations with ranges from calibration data; the fastest on processors and most NPUs</source>
   <translation>权重和激活均为 8 位，范围来自校准数据；在处理器和大多数 NPU 上最快</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_weights.py" />
   <source>One scale for each output channel instead of one for all.</source>
   <translation>每个输出通道各用一个缩放因子，而不是共用一个。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_weights.py" />
   <source>MatMulNBits: com.microsoft's op that multiplies codes, for MatMul and Gemm; DequantizeLinear: ONNX's own, which ONNX Runtime fuses into some of them and runs again at every run in front of other layers; unpack: Cast and Mul, which it computes once when it loads the model, so that only the file is smaller; auto: whichever is fastest.</source>
   <translation>MatMulNBits：com.microsoft 的算子，直接用编码相乘，用于 MatMul 和 Gemm；DequantizeLinear：ONNX 自带，ONNX Runtime 会将其融合进其中一部分层，在其他层之前则每次运行都要重新计算；unpack：Cast 和 Mul，加载模型时只计算一次，因此只有文件变小；auto：取最快的一种。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_weights.py" />
   <source>With MatMulNBits: inputs of a channel that share a scale; larger is smaller and faster.</source>
   <translation>用于 MatMulNBits：一个通道中共用一个缩放因子的输入个数；越大则文件越小、速度越快。</translation>
  </message>
  <message>
   <location filename="../../engine/schemes/int8_weights.py" />
   <source>8-bit weights and float activations: a quarter of the file without calibration data; faster where the runtime multiplies codes (MatMul, Gemm), as fast as before elsewhere</source>
   <translation>权重为 8 位，激活保持浮点：无需校准数据，文件缩小到四分之一；在运行时直接用编码相乘的地方（MatMul、Gemm）更快，其余速度不变</translation>
  </message>
  <message>
   <location filename="../../resources/__init__.py" />
   <source>Digits, residual network</source>
   <translation>手写数字，残差网络</translation>
  </message>
  <message>
   <location filename="../../resources/__init__.py" />
   <source>Reads handwritten digits. Residual blocks, a depthwise convolution, squeeze-and-excite and a concat: large enough that optimizing it shows.</source>
   <translation>识别手写数字。含残差块、深度卷积、SE 模块和拼接：足够大，优化效果明显。</translation>
  </message>
  <message>
   <location filename="../../resources/__init__.py" />
   <source>Digits, small network</source>
   <translation>手写数字，小网络</translation>
  </message>
  <message>
   <location filename="../../resources/__init__.py" />
   <source>Reads handwritten digits. One convolution and two dense layers: nearly all of its size is one matrix.</source>
   <translation>识别手写数字。一个卷积和两个全连接层：几乎全部大小都在一个矩阵里。</translation>
  </message>
 </context>
 <context>
  <name>QFileDialog</name>
  <message>
   <source>&amp;Look in:</source>
   <translation>查找范围(&amp;L)：</translation>
  </message>
  <message>
   <source>Files of &amp;type:</source>
   <translation>文件类型(&amp;T)：</translation>
  </message>
 </context>
 <context>
  <name>QAbstractFileIconProvider</name>
  <message>
   <source>Drive</source>
   <translation>驱动器</translation>
  </message>
  <message>
   <source>File</source>
   <translation>文件</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>文件夹</translation>
  </message>
  <message>
   <source>File Folder</source>
   <translation>文件夹</translation>
  </message>
  <message>
   <source>Shortcut</source>
   <translation>快捷方式</translation>
  </message>
  <message>
   <source>Unknown</source>
   <translation>未知</translation>
  </message>
  <message>
   <source>%1 File</source>
   <translation>%1 文件</translation>
  </message>
 </context>
</TS>
